"""Recorded answers of a model, and a stand-in for Gemini that plays them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from standins.behaviour import Move, Says, StandIn
from standins.gemini import gemini, gemini_client

from lectern.contracts.options import Brief, VideoOptions
from lectern.lessons import load_lessons
from lectern.markdown import limits
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.scriptwriting.writer import ModelWriter
from lectern.scripter.writer import OnProgress, WritingRequest, WrittenScript

RECORDED = Path(__file__).parents[2] / "recorded" / "script"
BRIEF = Brief(topic="Why is the sky blue by day?", audience="school")
RECORDED_RATE = 172 / 60 / limits.WORDS_PER_SECOND  # the answers were written for a voice of 172 words a minute
CHARACTERS_PER_TOKEN = 4  # of English prose and JSON, about


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model's recorded answers, with the expected result; `cases.toml` explains each field."""

    must: str
    answers: tuple[str, ...]
    requests: int
    topic: str = BRIEF.topic
    language: str = "en"
    seconds: int = 0
    brief_scenes: int = 0
    style: str = "narration"
    search: bool = False
    sources: tuple[tuple[str, str], ...] = ()
    scenes: int = 0
    corrections: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    visuals: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    show: str = ""
    texts: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    doubt_count: int = -1
    same_as: str = ""
    fails: str = ""

    def brief(self) -> Brief:
        """The brief of the request."""
        fields = {
            "topic": self.topic,
            "audience": "school",
            "target_seconds": self.seconds,
            "scenes": self.brief_scenes,
            "style": self.style,
            "search": self.search,
        }
        return msgspec.convert(fields, Brief)


def cases() -> list[Case]:
    """Every case of `cases.toml`."""
    return msgspec.convert(tomllib.loads((RECORDED / "cases.toml").read_text(encoding="utf-8"))["case"], list[Case])


def recorded(name: str, *, sources: tuple[tuple[str, str], ...] = ()) -> Says:
    """A recorded answer."""
    return Says((RECORDED / name).read_text(encoding="utf-8"), sources=sources)


def request_text(request: dict[str, Any]) -> str:
    """The text of a request: its instructions and its parts."""
    contents = [request["systemInstruction"], *request["contents"]]
    return "\n\n".join(part["text"] for content in contents for part in content["parts"])


class RecordedModel:
    """A stand-in for Gemini that plays recorded answers, and the writer that asks it."""

    def __init__(self, script: StandIn) -> None:
        self.script = script
        self.model_client = gemini_client(script)
        self.writer = ModelWriter(self.model_client, load_lessons(), LessonReader())

    async def write(
        self,
        *moves: Move,
        brief: Brief = BRIEF,
        on_progress: OnProgress | None = None,
        material: str = "",
        spent_usd: float = 0.0,
        **options: Any,
    ) -> WrittenScript:
        """The script that the writer makes of the model's next moves."""
        self.script.then(*moves)
        options.setdefault("speaking_rate", RECORDED_RATE)
        request = WritingRequest(brief=brief, options=VideoOptions(**options), material=material, spent_usd=spent_usd)
        return await self.writer.write(request, on_progress)

    def count_tokens(self, answers: tuple[str, ...]) -> int:
        """About how many tokens the requests so far and their answers have; thinking is not counted."""
        sent = sum(len(request_text(request)) for request in self.script.requests)
        received = sum(len((RECORDED / name).read_text(encoding="utf-8")) for name in answers)
        return (sent + received) // CHARACTERS_PER_TOKEN

    def request(self, number: int) -> str:
        """The text of request `number` (from 1)."""
        return request_text(self.script.requests[number - 1])

    def schema(self, number: int) -> str:
        """The generation settings of request `number` (from 1), with the schema."""
        return json.dumps(self.script.requests[number - 1]["generationConfig"])


@asynccontextmanager
async def recorded_model() -> AsyncIterator[RecordedModel]:
    """A running stand-in."""
    async with gemini() as script:
        model = RecordedModel(script)
        yield model
        await model.model_client.close()
