"""A script: scenes made of beats, each with the visual that is on screen meanwhile. Scenes are numbered from 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self, TypeAlias, get_args

import msgspec

from lectern.contracts.plain_text import clean_line, shorten

__all__ = [
    "CLOSING_SECONDS",
    "FORMS",
    "MAX_CAST_CHARACTERS",
    "MAX_DIRECTION_CHARACTERS",
    "MAX_PAUSE_SECONDS",
    "TRANSITIONS",
    "VISUAL_KINDS",
    "AnyVisual",
    "Beat",
    "Bullets",
    "Chart",
    "CodeListing",
    "Comparison",
    "Equation",
    "Flow",
    "Form",
    "Image",
    "Manim",
    "Scene",
    "ScenePlan",
    "Script",
    "Symbol",
    "Table",
    "Timeline",
    "Transition",
    "Visual",
]

MAX_TOLD_DOUBTS, MAX_DOUBT_CHARACTERS = 12, 400
MAX_PAUSE_SECONDS = 5.0  # after a beat; a longer silence sounds like a fault of the film
MAX_CAST_CHARACTERS = 16_000  # as much as a scene's code
CLOSING_SECONDS = 3.0  # that the end card stays after the last word
MAX_DIRECTION_CHARACTERS = 500  # two or three sentences; more is a script of its own


class Visual(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that a scene shows. Each kind is a subclass with its own tag, listed in `AnyVisual`."""

    @property
    def kind(self) -> str:
        """Its name in scripts: `bullets`, `chart`, `manim`."""
        return str(self.__struct_config__.tag)

    def map_texts(self, change: Callable[[str], str]) -> Self:
        """A copy with `change` applied to every text that a translator would translate, in reading order.

        Every kind defines it: a kind whose content is the same in every language returns itself.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define map_texts")

    def texts(self) -> tuple[str, ...]:
        """The texts that a translator would translate, in reading order, each once."""
        found: dict[str, None] = {}

        def collect(text: str) -> str:
            found.setdefault(text)
            return text

        self.map_texts(collect)
        return tuple(found)

    def replace_texts(self, replacements: Mapping[str, str]) -> Self:
        """A copy with texts exchanged; those that `replacements` does not name stay."""
        return self.map_texts(lambda text: replacements.get(text, text))


class Equation(Visual, frozen=True, kw_only=True, tag="equation"):
    """Formulas shown one after the other, each in Typst maths (`a^2 + b^2 = c^2`)."""

    lines: tuple[str, ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return self


class Bullets(Visual, frozen=True, kw_only=True, tag="bullets"):
    """Short points, revealed one by one."""

    items: tuple[str, ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return msgspec.structs.replace(self, items=tuple(map(change, self.items)))


class Flow(Visual, frozen=True, kw_only=True, tag="flow"):
    """Boxes joined by arrows, in order."""

    steps: tuple[str, ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return msgspec.structs.replace(self, steps=tuple(map(change, self.steps)))


class Chart(Visual, frozen=True, kw_only=True, tag="chart"):
    """Columns of numbers drawn as bars or a line. `rows[i]` is (label, value per series)."""

    style: str = "bar"
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        series = tuple(map(change, self.series))
        return msgspec.structs.replace(
            self, series=series, rows=tuple((change(label), values) for label, values in self.rows)
        )


class CodeListing(Visual, frozen=True, kw_only=True, tag="code"):
    """A program listing with highlighting."""

    language: str
    source: str

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return self


class Comparison(Visual, frozen=True, kw_only=True, tag="comparison"):
    """Two columns side by side."""

    left_title: str
    left: tuple[str, ...]
    right_title: str
    right: tuple[str, ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return msgspec.structs.replace(
            self,
            left_title=change(self.left_title),
            left=tuple(map(change, self.left)),
            right_title=change(self.right_title),
            right=tuple(map(change, self.right)),
        )


class Timeline(Visual, frozen=True, kw_only=True, tag="timeline"):
    """Moments in order. Each entry is (when, what)."""

    entries: tuple[tuple[str, str], ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return msgspec.structs.replace(self, entries=tuple((change(when), change(what)) for when, what in self.entries))


class Table(Visual, frozen=True, kw_only=True, tag="table"):
    """Rows of words and numbers under headings, as they are written. A row has a cell for each heading; "" is empty."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def map_texts(self, change: Callable[[str], str]) -> Self:
        headings = tuple(change(heading) if heading else "" for heading in self.headings)
        rows = tuple(tuple(change(cell) if cell else "" for cell in row) for row in self.rows)
        return msgspec.structs.replace(self, headings=headings, rows=rows)


class Image(Visual, frozen=True, kw_only=True, tag="image"):
    """An image file that was uploaded with the document, under the name that the document uses."""

    name: str
    alt: str = ""

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return msgspec.structs.replace(self, alt=change(self.alt))


class Manim(Visual, frozen=True, kw_only=True, tag="manim"):
    """Manim source written by the author. Hostile until it has run in the sandbox.

    The words in its code are found and replaced by reading the code, not here.
    """

    source: str

    def map_texts(self, change: Callable[[str], str]) -> Self:
        return self


AnyVisual: TypeAlias = Equation | Bullets | Flow | Chart | CodeListing | Comparison | Timeline | Table | Image | Manim

VISUAL_KINDS: Mapping[str, type[Visual]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyVisual)}


Form: TypeAlias = Literal["", "graph", "geometry", "quantity", "flow", "levels", "derivation", "zoom", "data"]
FORMS: tuple[str, ...] = tuple(form for form in get_args(Form) if form)
Transition: TypeAlias = Literal["", "cut", "dissolve", "push"]
TRANSITIONS: tuple[str, ...] = tuple(each for each in get_args(Transition) if each)


PauseSeconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0.0, le=MAX_PAUSE_SECONDS)]


class Beat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One or two sentences of narration, and what is on screen while they are spoken.

    `text` is what captions show; `spoken`, when given, is what the voice says instead (for symbols and names).
    `show` is the writer's note on what to draw; `speaker` names who speaks in a dialogue. `pause` is the silence after
    its last word, in seconds, which belongs to the beat; 0 is the usual short one.
    """

    text: str
    spoken: str = ""
    show: str = ""
    speaker: str = ""
    pause: PauseSeconds = 0.0

    def spoken_text(self) -> str:
        """The words that the voice speaks."""
        return self.spoken or self.text


class ScenePlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a scene is for, told to whoever draws it; neither spoken nor shown.

    `idea` is what the viewer should be able to repeat, `purpose` the scene's job in the video, `shows` what is seen.
    `form` is the kind of drawing: a graph, a geometric figure, amounts, things that flow or follow from each other,
    levels such as energies, a formula that changes step by step, a look closer, measured data; "" leaves it open.
    `direction` is what the user wants to see instead, in their own words: a model then draws the scene, whatever its
    visual.
    `carries` names the things that go on into the next scene. `transition` is how the scene follows the one before;
    "" dissolves, unless things are carried across the cut.
    """

    idea: str = ""
    purpose: str = ""
    shows: str = ""
    form: Form = ""
    direction: str = ""
    carries: tuple[str, ...] = ()
    transition: Transition = ""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A titled part of the video with its beats, its visual, and what it is for.

    `voice`, a voice or a locale, speaks this scene alone in place of the video's voice.
    """

    title: str
    beats: tuple[Beat, ...]
    visual: AnyVisual | None = None
    plan: ScenePlan = ScenePlan()
    voice: str = ""


class Symbol(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity or concept that keeps its name, colour and meaning through all scenes."""

    name: str
    colour: str
    meaning: str


class Script(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole text of a video. `language` is BCP-47. `sources` are shown in the transcript.

    `angle` is the path it takes through its subject, in a sentence; `audience` is what its viewers know already.
    `question` opens the film ("" for its title), `idea`, the one sentence to remember, closes it.

    `pronunciations` tells the voice how to say a written word, `symbols` lists names that look the same in every
    scene, `doubts` are claims that a fact-check asks a person to verify.

    `cast` is Python that every scene's code may use: functions and classes that draw what appears in several scenes.
    It is as hostile as the author's other code.
    """

    title: str
    language: str = "en"
    angle: str = ""
    question: str = ""
    idea: str = ""
    audience: str = ""
    scenes: tuple[Scene, ...]
    sources: tuple[str, ...] = ()
    pronunciations: dict[str, str] = {}
    symbols: tuple[Symbol, ...] = ()
    doubts: tuple[str, ...] = ()
    cast: str = ""

    def shorten_doubts(self) -> tuple[str, ...]:
        """The first 12 doubts, of at most 400 characters each: what an event can carry, and people read."""
        return tuple(shorten(clean_line(doubt), MAX_DOUBT_CHARACTERS) for doubt in self.doubts[:MAX_TOLD_DOUBTS])

    @property
    def opening(self) -> str:
        """What is written on the film's first picture."""
        return self.question or self.title

    @property
    def closing(self) -> str:
        """The sentence to remember, as its end card has it."""
        return self.idea or self.title

    def closes_with(self, number: int) -> bool:
        """Whether scene `number` ends with the end card: the last one, where there is an idea or a source to tell."""
        return number == len(self.scenes) and bool(self.idea or self.sources)

    def scene(self, number: int) -> Scene:
        """Scene `number`, counted from 1. Raises IndexError when there is none."""
        if not 1 <= number <= len(self.scenes):
            raise IndexError(f"the script has scenes 1 to {len(self.scenes)}, not {number}")
        return self.scenes[number - 1]
