"""A coder on a stand-in for Gemini, with the real preflight in the real sandbox, and the recorded answers."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from standins.behaviour import Says, Script
from standins.gemini import gemini_client
from unit.coder.tasks import task

from lectern.coder.model.coder import ModelCoder
from lectern.coder.model.examples import Shelf, examples_of
from lectern.coder.model.reference import load_reference
from lectern.coder.task import Coded, Look, Task
from lectern.contracts.requests import SceneVerdict
from lectern.lessons import load_lessons
from lectern.renderer.job_settings import build_job_settings
from lectern.renderer.pool import PREFLIGHT_LIMITS, RenderJob, WarmPool

RECORDED = Path(__file__).parents[3] / "recorded"
SOON = msgspec.structs.replace(PREFLIGHT_LIMITS, cpu_seconds=5.0)  # endless loops end no differently for ending sooner
CHARACTERS_A_TOKEN = 4  # of English prose and code, about


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model answered, and what must become of it; `cases.toml` says what each field means."""

    must: str
    answers: tuple[str, ...]
    rules: tuple[str, ...] = ("",)
    strategies: tuple[str, ...] = ("draft",)
    degraded: str = ""


class _Cases(msgspec.Struct, frozen=True):
    scenes: dict[str, tuple[str, ...]]
    case: tuple[Case, ...]


def cases() -> tuple[tuple[Case, Task], ...]:
    """Each case with the scene its first answer is about."""
    text = (RECORDED / "code" / "cases.toml").read_text(encoding="utf-8")
    found = msgspec.convert(tomllib.loads(text), _Cases)
    return tuple((case, _task(found.scenes, case)) for case in found.case)


def _task(scenes: dict[str, tuple[str, ...]], case: Case) -> Task:
    name = Path(case.answers[0]).name.split("-")[0]
    return task(None, scenes[name], title=name.capitalize())


def recorded(name: str) -> Says:
    return Says((RECORDED / name).read_text(encoding="utf-8"))


class Desk:
    """The coder, and what it asked and checked."""

    def __init__(self, script: Script, pool: WarmPool) -> None:
        self.script = script
        self.pool = pool
        self.model_client = gemini_client(script)
        self.coder = ModelCoder(self.model_client, load_reference(), Shelf(examples_of(load_lessons())))
        self.checked: list[str] = []

    async def code(self, of: Task, look: Look | None = None) -> Coded:
        """What the coder makes of a scene."""

        async def check(source: str) -> SceneVerdict:
            self.checked.append(source)
            settings = build_job_settings(of.narration, of.options, "measure")
            outcome = await self.pool.run(RenderJob(code=source, settings=settings, limits=SOON))
            result = outcome.result
            verdict = {
                "ok": outcome.ok,
                "findings": result.findings if result else [],
                "error": result.error if result else None,
                "killed": outcome.killed,
                "reason": outcome.reason,
            }
            return msgspec.convert(msgspec.to_builtins(verdict), SceneVerdict)

        return await self.coder.code(of, check, look)

    def tokens(self, answers: tuple[str, ...]) -> dict[str, int]:
        """What requests and answers come to, about, by task; thinking is not in it."""
        sizes: dict[str, int] = {}
        for number, (request, answer) in enumerate(zip(self.script.requests, answers, strict=True)):
            name = "repair" if number else "code"
            sizes[name] = sizes.get(name, 0) + len(asked(request)) + len(recorded(answer).text)
        return {name: size // CHARACTERS_A_TOKEN for name, size in sizes.items()}


def asked(request: dict[str, Any]) -> str:
    """What stood in a request: its rules and its parts."""
    return json.dumps([request["systemInstruction"], request["contents"]], ensure_ascii=False)
