"""A writer on a stand-in for Gemini, and the recorded answers it can be given."""

from __future__ import annotations

import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from standins.behaviour import Move, Says, Script
from standins.gemini import gemini, gemini_client

from lectern.contracts.options import Brief, VideoOptions
from lectern.lessons import load_lessons
from lectern.scripter.model.writer import ModelWriter
from lectern.scripter.writer import Tell, Terms, Written

RECORDED = Path(__file__).parents[2] / "recorded" / "script"
BRIEF = Brief(topic="Why is the sky blue?", audience="school")
CHARACTERS_A_TOKEN = 4  # of English prose and JSON, about


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model answered, and what must become of it; `cases.toml` says what each field means."""

    must: str
    answers: tuple[str, ...]
    requests: int
    topic: str = BRIEF.topic
    language: str = "en"
    seconds: int = 0
    wanted_scenes: int = 0
    style: str = "narration"
    search: bool = False
    sources: tuple[tuple[str, str], ...] = ()
    scenes: int = 0
    told: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    visuals: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    show: str = ""
    same_as: str = ""
    fails: str = ""

    def brief(self) -> Brief:
        asked = {"target_seconds": self.seconds, "scenes": self.wanted_scenes, "style": self.style}
        return msgspec.convert({"topic": self.topic, "audience": "school", "search": self.search, **asked}, Brief)


def cases() -> list[Case]:
    return msgspec.convert(tomllib.loads((RECORDED / "cases.toml").read_text(encoding="utf-8"))["case"], list[Case])


def recorded(name: str, *, sources: tuple[tuple[str, str], ...] = ()) -> Says:
    return Says((RECORDED / name).read_text(encoding="utf-8"), sources=sources)


def asked(request: dict[str, Any]) -> str:
    """What stood in a request: its rules and its parts."""
    contents = [request["systemInstruction"], *request["contents"]]
    return "\n\n".join(part["text"] for content in contents for part in content["parts"])


class Desk:
    """A writer, and the stand-in it asks."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.model_client = gemini_client(script)
        self.writer = ModelWriter(self.model_client, load_lessons())

    async def write(
        self, *moves: Move, brief: Brief = BRIEF, tell: Tell | None = None, terms: Terms | None = None, **options: Any
    ) -> Written:
        self.script.then(*moves)
        return await self.writer.write(brief, VideoOptions(**options), tell, terms=terms)

    def tokens(self, answers: tuple[str, ...]) -> int:
        """What the requests so far and their answers come to, about; thinking is not in it."""
        sent = sum(len(asked(request)) for request in self.script.requests)
        said = sum(len((RECORDED / name).read_text(encoding="utf-8")) for name in answers)
        return (sent + said) // CHARACTERS_A_TOKEN

    def asked(self, number: int) -> str:
        """What request `number` (from 1) said."""
        return asked(self.script.requests[number - 1])

    def schema(self, number: int) -> str:
        return json.dumps(self.script.requests[number - 1]["generationConfig"])


@asynccontextmanager
async def a_desk() -> AsyncIterator[Desk]:
    async with gemini() as script:
        made = Desk(script)
        yield made
        await made.model_client.close()
