"""A script: scenes made of beats, each scene with what is on screen meanwhile. Numbers of scenes count from 1."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Visual(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What a scene shows. Subclasses name a template, or hold Manim source."""


class Equation(Visual, frozen=True, kw_only=True, tag="equation"):
    """Formulas shown one after the other, each in Typst maths (`a^2 + b^2 = c^2`)."""

    lines: tuple[str, ...]


class Bullets(Visual, frozen=True, kw_only=True, tag="bullets"):
    """Short points, revealed one by one."""

    items: tuple[str, ...]


class Flow(Visual, frozen=True, kw_only=True, tag="flow"):
    """Boxes joined by arrows, in order."""

    steps: tuple[str, ...]


class Chart(Visual, frozen=True, kw_only=True, tag="chart"):
    """Columns of numbers drawn as bars or a line. `rows[i]` is (label, value per series)."""

    style: str = "bar"
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


class CodeListing(Visual, frozen=True, kw_only=True, tag="code"):
    """A program listing with highlighting."""

    language: str
    source: str


class Comparison(Visual, frozen=True, kw_only=True, tag="comparison"):
    """Two columns side by side."""

    left_title: str
    left: tuple[str, ...]
    right_title: str
    right: tuple[str, ...]


class Timeline(Visual, frozen=True, kw_only=True, tag="timeline"):
    """Moments in order. Each entry is (when, what)."""

    entries: tuple[tuple[str, str], ...]


class Image(Visual, frozen=True, kw_only=True, tag="image"):
    """A picture file that came with the document, by the name the document gives it."""

    name: str
    alt: str = ""


class Manim(Visual, frozen=True, kw_only=True, tag="manim"):
    """Manim source written by the author. Hostile until it has run in the sandbox."""

    source: str


AnyVisual: TypeAlias = Equation | Bullets | Flow | Chart | CodeListing | Comparison | Timeline | Image | Manim


class Beat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One or two sentences of narration, and what is on screen while they are spoken.

    `text` is what captions show; `spoken`, when given, is what the voice says instead (for symbols and names).
    `show` is a writer's note for whoever draws the beat; `speaker` names who speaks in a dialogue.
    """

    text: str
    spoken: str = ""
    show: str = ""
    speaker: str = ""

    def said(self) -> str:
        """The words the voice speaks."""
        return self.spoken or self.text


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A titled part of the video with its narration and its picture."""

    title: str
    beats: tuple[Beat, ...]
    visual: AnyVisual | None = None


class Symbol(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity or concept that keeps its name, colour and meaning through all scenes."""

    name: str
    colour: str
    meaning: str


class Script(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole text of a video. `language` is BCP-47. `sources` are shown in the transcript.

    `pronunciations` tells the voice how to say a written word, `symbols` is the ledger every scene's pictures follow,
    `doubts` are claims a fact-check would have a person look at.
    """

    title: str
    language: str = "en"
    scenes: tuple[Scene, ...]
    sources: tuple[str, ...] = ()
    pronunciations: dict[str, str] = {}
    symbols: tuple[Symbol, ...] = ()
    doubts: tuple[str, ...] = ()

    def scene(self, number: int) -> Scene:
        """Scene `number`, counted from 1. Raises IndexError when there is none."""
        if not 1 <= number <= len(self.scenes):
            raise IndexError(f"the script has scenes 1 to {len(self.scenes)}, not {number}")
        return self.scenes[number - 1]
