"""The shapes a model's answers are held to."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

Colour: TypeAlias = Literal["primary", "accent", "good", "bad", "violet", "teal"]
Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PlannedScene(msgspec.Struct, frozen=True, kw_only=True):
    """A scene of the plan."""

    title: Line
    purpose: str
    shows: str


class PlannedSymbol(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that keeps its name, colour and meaning."""

    name: Line
    colour: Colour
    meaning: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the video will say, scene by scene."""

    title: Line
    scenes: Annotated[list[PlannedScene], msgspec.Meta(min_length=1, max_length=20)]
    symbols: Annotated[list[PlannedSymbol], msgspec.Meta(max_length=12)]


class WrittenBeat(msgspec.Struct, frozen=True, kw_only=True):
    """One or two sentences."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    spoken: str = ""
    show: str = ""


class WrittenScene(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's narration."""

    title: Line
    beats: Annotated[list[WrittenBeat], msgspec.Meta(min_length=1, max_length=12)]


class Narration(msgspec.Struct, frozen=True, kw_only=True):
    """The whole narration."""

    scenes: Annotated[list[WrittenScene], msgspec.Meta(min_length=1, max_length=20)]


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that somebody should look at."""

    claim: str
    why: str


class FactCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a second look found."""

    doubts: list[Doubt]
