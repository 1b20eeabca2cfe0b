"""The shapes a model's answers are held to.

What a schema cannot make a model do is not refused here but mended or told as a finding later: a question costs a cent,
and an unknown colour is no reason to ask it again.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

COLOURS = ("primary", "accent", "good", "bad", "violet", "teal")
VISUALS = ("equation", "bullets", "flow", "chart", "code", "comparison", "timeline")
SCENES, BEATS, SYMBOLS, DOUBTS = 30, 16, 12, 12  # the most that is asked for; more is cut or shared out

Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Colour: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(COLOURS)})]
VisualKind: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(VISUALS)})]


class PlannedScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene of the plan. `seconds` is its share of the video, 0 when the plan does not say."""

    title: Line
    purpose: str
    idea: str = ""
    shows: str
    seconds: float = 0.0


class PlannedSymbol(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing that keeps its name, colour and meaning."""

    name: Line
    colour: Colour
    meaning: str


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the video will say, scene by scene. `speakers` are the two voices of a dialogue."""

    title: Line
    angle: str = ""
    audience: str = ""
    scenes: Annotated[list[PlannedScene], msgspec.Meta(min_length=1)]
    symbols: list[PlannedSymbol] = []
    speakers: list[str] = []


class WrittenBeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One or two sentences."""

    text: str
    spoken: str = ""
    show: str = ""
    speaker: str = ""


class WrittenVisual(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture from a template. `content` is what a lesson writes between the fences of that block."""

    kind: VisualKind
    style: str = ""
    content: str


class WrittenScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene's narration, and its picture where a template serves better than a drawing."""

    title: Line
    beats: list[WrittenBeat]
    visual: WrittenVisual | None = None


class Pronounced(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the voice says a word wherever it stands."""

    written: str
    spoken: str


class Narration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole narration."""

    scenes: Annotated[list[WrittenScene], msgspec.Meta(min_length=1)]
    pronunciations: list[Pronounced] = []


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that somebody should look at."""

    claim: str
    why: str


class FactCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a second look found."""

    doubts: list[Doubt]
