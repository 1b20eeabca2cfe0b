"""The shapes that a model's replies are held to.

What a schema cannot make a model do is not refused here but repaired, or reported as a fault later: a question costs a
cent, and an unknown colour is no reason to ask it again.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from lectern.contracts.script import FORMS, VISUAL_KINDS

PLAIN_COLOURS = ("primary", "violet", "teal", "text")
# Not the accent colour: it says "look here", whatever it is that one should look at.
COLOURS = (*PLAIN_COLOURS, "good", "bad")
# Kinds that a model does not write: the coder writes code, and users upload image files.
NOT_OFFERED = ("image", "manim")
OFFERED_VISUALS = tuple(kind for kind in VISUAL_KINDS if kind not in NOT_OFFERED)
MAX_SYMBOLS, MAX_DOUBTS = 12, 12

Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Colour: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(COLOURS)})]
FormName: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*FORMS, ""]})]
VisualKind: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(OFFERED_VISUALS)})]


class PlannedScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene of the plan. `seconds` is its share of the video, 0 when the plan does not say.

    `carries` names what stays on screen into the next scene.
    """

    title: Line
    purpose: str
    idea: str = ""
    shows: str
    form: FormName = ""
    carries: list[str] = []
    seconds: float = 0.0


class PlannedSymbol(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that keeps its name, colour and meaning in all scenes."""

    name: Line
    colour: Colour
    meaning: str


class ScriptPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of the video, scene by scene. `speakers` are the two voices of a dialogue."""

    title: Line
    angle: str = ""
    question: str = ""
    idea: str = ""
    audience: str = ""
    scenes: Annotated[list[PlannedScene], msgspec.Meta(min_length=1)]
    symbols: list[PlannedSymbol] = []
    speakers: list[str] = []


class BeatDraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One or two sentences. `pause` is the silence after them in seconds, 0 for the usual one."""

    text: str
    spoken: str = ""
    show: str = ""
    speaker: str = ""
    pause: float = 0.0


class VisualDraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visual with a template. `content` is what a lesson has between the fences of that block."""

    kind: VisualKind
    style: str = ""
    content: str


class SceneDraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene's narration, and its visual where a template serves better than a drawing."""

    title: Line
    beats: list[BeatDraft]
    visual: VisualDraft | None = None


class Pronunciation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A word, and the way the voice says it wherever it occurs."""

    written: str
    spoken: str


class NarrationDraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole narration."""

    scenes: Annotated[list[SceneDraft], msgspec.Meta(min_length=1)]
    pronunciations: list[Pronunciation] = []


class Doubt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim that should be put right. `scene` and `beat` count from 1; 0 where the reply does not say."""

    claim: str
    why: str
    scene: int = 0
    beat: int = 0


class FactCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The claims that a fact-check doubts."""

    doubts: list[Doubt]


class RewrittenBeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A beat in other words. `scene` and `beat` count from 1."""

    scene: int
    beat: int
    text: str
    spoken: str = ""
    show: str = ""


class RewrittenPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Another picture for a whole scene, counted from 1."""

    scene: int
    shows: str


class Rewrite(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of a script that were put right after a fact-check."""

    beats: list[RewrittenBeat]
    pictures: list[RewrittenPicture] = []
