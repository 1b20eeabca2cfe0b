"""A coder with a stand-in for Gemini, and the recorded answers."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from standins.behaviour import Says, StandIn
from standins.gemini import gemini_client
from unit.coder import coding_tasks

from lectern.coder.codegen.examples import ExampleIndex, find_examples
from lectern.coder.codegen.model_coder import ModelCoder
from lectern.coder.codegen.reference import load_reference
from lectern.coder.coding import CaptureStills, CodingResult, CodingTask
from lectern.contracts.requests import SceneVerdict
from lectern.lessons import load_studies
from lectern.renderer.job_settings import build_job_settings
from lectern.renderer.pool import PREFLIGHT_LIMITS, RenderJob, WarmPool

RECORDED = Path(__file__).parents[3] / "recorded"
LIMITS = msgspec.structs.replace(PREFLIGHT_LIMITS, cpu_seconds=5.0)
CHARACTERS_PER_TOKEN = 4  # of English prose and code, about


class RecordedCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model's answers and the expected result; `cases.toml` explains each field."""

    must: str
    answers: tuple[str, ...]
    rules: tuple[str, ...] = ("",)
    strategies: tuple[str, ...] = ("draft",)
    warned: tuple[str, ...] = ()
    degraded: str = ""
    allowed_seconds: float | None = None


class _Cases(msgspec.Struct, frozen=True):
    scenes: dict[str, tuple[str, ...]]
    case: tuple[RecordedCase, ...]


def load_cases() -> tuple[tuple[RecordedCase, CodingTask], ...]:
    """Each case with the task that its first answer is for."""
    text = (RECORDED / "code" / "cases.toml").read_text(encoding="utf-8")
    content = msgspec.convert(tomllib.loads(text), _Cases)
    return tuple((case, _task(content.scenes, case)) for case in content.case)


def _task(scenes: dict[str, tuple[str, ...]], case: RecordedCase) -> CodingTask:
    name = Path(case.answers[0]).name.split("-")[0]
    return coding_tasks.task(None, scenes[name], title=name.capitalize())


def read_recording(name: str) -> Says:
    return Says((RECORDED / name).read_text(encoding="utf-8"))


CheckTask: TypeAlias = Callable[[CodingTask, str], Awaitable[SceneVerdict]]


async def pass_everything(task: CodingTask, source: str) -> SceneVerdict:
    return SceneVerdict(ok=True)


def preflight_in(pool: WarmPool, allowed_seconds: float | None = None) -> CheckTask:
    """The real preflight, in a pool of sandboxes; a render may be foretold to take `allowed_seconds`, else as usual."""

    async def check(task: CodingTask, source: str) -> SceneVerdict:
        settings = {**build_job_settings(task.narration, task.options, "measure"), "tex": "none"}
        if allowed_seconds is not None:
            settings["allowed_seconds"] = allowed_seconds
        outcome = await pool.run(RenderJob(code=source, settings=settings, limits=LIMITS))
        result = outcome.result
        verdict = {
            "ok": outcome.ok,
            "findings": result.findings if result else [],
            "error": result.error if result else None,
            "killed": outcome.killed,
            "reason": outcome.reason,
        }
        return msgspec.convert(msgspec.to_builtins(verdict), SceneVerdict)

    return check


class CoderRig:
    """The coder, with the sources that it checked."""

    def __init__(self, script: StandIn, check: CheckTask = pass_everything) -> None:
        self.script = script
        self.check = check
        self.model_client = gemini_client(script)
        self.coder = ModelCoder(self.model_client, load_reference(), ExampleIndex(find_examples(load_studies())))
        self.checked: list[str] = []
        self.verdicts: dict[str, SceneVerdict] = {}

    def fail(self, part: str, verdict: SceneVerdict) -> None:
        """Makes preflight give this verdict on sources with a part."""

        async def check(task: CodingTask, source: str) -> SceneVerdict:
            return verdict if part in source else SceneVerdict(ok=True)

        self.check = check

    async def code(self, task: CodingTask, capture_stills: CaptureStills | None = None) -> CodingResult:
        """The coder's result for a scene."""

        async def preflight(source: str) -> SceneVerdict:
            self.checked.append(source)
            self.verdicts[source] = await self.check(task, source)
            return self.verdicts[source]

        return await self.coder.code(task, preflight, capture_stills)

    def tokens(self, answers: tuple[str, ...]) -> dict[str, int]:
        """About how many tokens requests and answers have, by task, without thinking."""
        sizes: dict[str, int] = {}
        for number, (request, answer) in enumerate(zip(self.script.requests, answers, strict=True)):
            name = "repair" if number else "code"
            sizes[name] = sizes.get(name, 0) + len(prompt_of(request)) + len(read_recording(answer).text)
        return {name: size // CHARACTERS_PER_TOKEN for name, size in sizes.items()}


def prompt_of(request: dict[str, Any]) -> str:
    """The rules and parts of a request."""
    return json.dumps([request["systemInstruction"], request["contents"]], ensure_ascii=False)
