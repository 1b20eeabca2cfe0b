# mypy: disallow-subclassing-any=False
"""Program listings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, FadeIn, RoundedRectangle, Text, VGroup
from manim.utils.rate_functions import ease_in_out_sine
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String
from pygments.util import ClassNotFound

from .code_lights import LightLine, choose_quiet_ink
from .computing.spoken_lines import match_lines
from .computing.variables import VariablesPanel
from .following import Following, SpokenCue
from .layout import fit, frame, place
from .line_breaking import UNITS_PER_POINT, replace_unprintable
from .motion import appear
from .parts import Glide, animate_parts
from .spoken_words import find_phrase
from .style import theme

ADVANCE = 0.6
"""Width of a letter of the monospaced font, as a share of the font size."""
SMALLEST = 12.0
"""Type size."""
BAR_OPACITY = 0.2
"""Opacity of the bar behind lines that are spoken of."""
LONGEST_PHRASE = 6
"""Words that tell one place of a sentence from another."""


class CodeListing(VGroup):
    """A program with highlighted syntax: `CodeListing("def f(x):\\n    return x * 2", language="python")`.

    At most 16 lines of at most 60 characters. `self.play(code.follow())` lights each line as the beat speaks its words,
    `code.highlight(2, 3)` lines 2 and 3 (from 1; none: all alike again), `code.variables(low=0, high=9)` shows values
    beside it, and later changes them. `self.play(code.reveal())`; `code.line(2)` is a line.
    """

    def __init__(
        self,
        source: str,
        language: str = "python",
        *,
        size: float | None = None,
        numbers: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        text = textwrap.dedent(source).strip("\n").expandtabs(4)
        rows = text.split("\n")
        size = size or _choose_size(rows)
        self.source, self.language = text, language
        numbers = frame.width > 10 if numbers is None else numbers
        self.lines = VGroup()
        step, letter = size * UNITS_PER_POINT * 1.5, size * UNITS_PER_POINT * ADVANCE
        gutter = (len(str(len(rows))) + 1.5) * letter if numbers else 0.0
        for index, (row, colors) in enumerate(zip(rows, _colour_characters(text, language), strict=True)):
            line = VGroup()
            if numbers:
                number = _set_row(str(index + 1), size, [theme.muted] * 9, 0.0, -index * step)
                line.add(number.set_opacity(0.9))
            if row.strip():
                line.add(_set_row(row, size, colors, gutter, -index * step))
            self.lines.add(line)
        self.panel = RoundedRectangle(
            width=self.lines.width + 0.9, height=max(len(rows) * step, 0.5) + 0.7, corner_radius=0.18
        )
        self.panel.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border, stroke_width=2)
        middle = -(len(rows) - 1) * step / 2 + size * UNITS_PER_POINT * 0.3
        self.panel.move_to([self.lines.get_x(), middle, 0])
        self.bar = RoundedRectangle(width=self.panel.width - 0.2, height=step, corner_radius=0.1, stroke_width=0)
        self.bar.set_fill(theme.accent, opacity=0).move_to(self.panel)
        self.step = step / self.panel.height
        self.watched: VariablesPanel | None = None
        self.add(self.panel, self.bar, self.lines)
        place(self)

    def line(self, number: int) -> Any:
        """Line `number`, counted from 1. Raises IndexError that says how many lines there are."""
        if not 1 <= number <= len(self.lines):
            raise IndexError(f"the listing has lines 1 to {len(self.lines)}, not {number}")
        return self.lines[number - 1]

    def reveal(self) -> Animation:
        """The panel appears, then the lines from top to bottom."""
        rows = [appear(line, run_time=0.5, shift=0.15 * RIGHT) for line in self.lines]
        return animate_parts(
            self, [FadeIn(self.panel, run_time=0.5), animate_parts(self, rows, lag_ratio=0.25)], lag_ratio=0.5
        )

    def highlight(self, *numbers: int) -> Animation:
        """A bar glides to lines `numbers`, and the others recede; without numbers all lines look alike again."""
        chosen = {id(self.line(number)) for number in numbers}
        quiet = choose_quiet_ink()
        lights = [
            LightLine(line[-1], None if not numbers or id(line) in chosen else quiet)
            for line, row in zip(self.lines, self.source.split("\n"), strict=True)
            if row.strip()
        ]
        return animate_parts(self, [*lights, self._glide(numbers)], run_time=0.6)

    def follow(self, cues: Mapping[str, int | Sequence[int]] | None = None) -> Following:
        """Lines light up as the rest of the beat speaks of them, told by the words that they have in common.

        `cues` says it yourself: `code.follow({"too small": 5, "otherwise": (7, 8)})`.
        """
        if cues is None:
            return LineFollowing(self)
        lines = {phrase: (each,) if isinstance(each, int) else each for phrase, each in cues.items()}
        return Following(
            [SpokenCue(phrases=(phrase,), play=partial(self.highlight, *each)) for phrase, each in lines.items()]
        )

    def variables(self, **values: Any) -> Animation:
        """Variables stand in a panel beside the listing: `code.variables(low=0, high=9)`. Called again, they change."""
        if self.watched is not None:
            return animate_parts(self, self.watched.set_values(values))
        body, listing = frame.body, VGroup(self.panel, self.bar, self.lines)
        upright = not frame.landscape
        self.watched = VariablesPanel(values, across=upright)
        fit(self.watched, listing.width if upright else None, body.height)
        before = listing.get_center(), listing.width
        both = VGroup(listing, self.watched).arrange(DOWN if upright else RIGHT, buff=0.45)
        fit(both, body.width, body.height).move_to([body.center[0], before[0][1] if not upright else body.center[1], 0])
        after = listing.get_center(), listing.width
        listing.scale(before[1] / after[1]).move_to(before[0])
        self.add(self.watched)
        move = Glide(listing, after[0] - before[0], scale=after[1] / before[1])
        return animate_parts(self, [move, appear(self.watched)])

    def _glide(self, numbers: Sequence[int]) -> Any:
        move = self.bar.animate(rate_func=ease_in_out_sine)
        if not numbers:
            return move.set_fill(opacity=0)
        unit = self.step * self.panel.height
        rows = len(self.lines)
        first, last = min(numbers) - 1, max(numbers) - 1
        middle = self.panel.get_y() + ((rows - 1) / 2 - (first + last) / 2) * unit
        if self.bar.get_fill_opacity() == 0:
            self.bar.stretch_to_fit_height(unit).set_y(middle)
        return (
            move.stretch_to_fit_height(unit * (last - first + 1))
            .move_to([self.panel.get_x(), middle, 0])
            .set_fill(opacity=BAR_OPACITY)
        )


class LineFollowing(Following):
    """Lights the lines of a listing by the words that they have in common with the narration."""

    def __init__(self, listing: CodeListing) -> None:
        super().__init__([])
        self.listing = listing

    def find_spoken(self, words: Sequence[str], after: int = 0) -> Iterator[tuple[str, SpokenCue]]:
        for at, line in match_lines(self.listing.source.splitlines(), words[after:]):
            index = after + at
            phrases = (" ".join(words[index : index + length]) for length in range(1, LONGEST_PHRASE))
            phrase = next((each for each in phrases if find_phrase(each, words, after=after) == index), words[index])
            yield phrase, SpokenCue(phrases=(phrase,), play=partial(self.listing.highlight, line + 1))


def _choose_size(rows: list[str]) -> float:
    """Return the type size, 32 at most, with which the rows fill the body; a wider row would be broken."""
    longest = max(12, *map(len, rows)) + 4
    high = (frame.body.height - 0.7) / len(rows) / 1.5
    return max(SMALLEST, min(32.0, high / UNITS_PER_POINT, frame.body.width / longest / ADVANCE / UNITS_PER_POINT))


def _set_row(row: str, size: float, colors: list[Any], x: float, y: float) -> Text:
    """Set a row of code with its first column at `x` and its baseline at `y`, in units.

    `colors` are the colours of its characters, in order.
    """
    text = replace_unprintable(row).rstrip()
    # a bar on each side fixes the box: its left edge is column 0 and its bottom is the same for every row
    try:
        line = Text(f"|{text}|", font=theme.mono, font_size=size, disable_ligatures=True)
    except ValueError:  # a script whose letters join has no glyph per character
        return Text(text, font=theme.mono, font_size=size).move_to([x, y, 0], aligned_edge=LEFT)
    letter = size * UNITS_PER_POINT * ADVANCE
    first = line.submobjects[0]
    line.shift(
        LEFT * (first.get_x() - x + letter / 2) + UP * (y - first.get_bottom()[1] - size * UNITS_PER_POINT * 0.2)
    )
    glyphs = line.submobjects[1:-1]
    for glyph, color in zip(glyphs, colors, strict=False):
        glyph.set_color(color)
    line.submobjects = [glyph for glyph, character in zip(glyphs, text, strict=False) if not character.isspace()]
    line.original_text, line.initial_height = text, line.height
    return line


def _colour_characters(text: str, language: str) -> list[list[Any]]:
    """Return the colour of each character, row by row."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False, ensurenl=False)
    rows: list[list[Any]] = [[]]
    for kind, part in lexer.get_tokens(text):
        color = _colour_of(kind)
        for character in part:
            if character == "\n":
                rows.append([])
            else:
                rows[-1].append(color)
    count = text.count("\n") + 1
    return (rows + [[] for _ in range(count)])[:count]


def _colour_of(kind: Any) -> Any:
    table = (
        (Comment, theme.muted),
        (Keyword, theme.violet),
        (String, theme.good),
        (Number, theme.accent),
        (Literal, theme.accent),
        (Name.Function, theme.primary),
        (Name.Class, theme.primary),
        (Name.Builtin, theme.teal),
        (Name.Decorator, theme.teal),
        (Operator.Word, theme.violet),
    )
    return next((color for family, color in table if kind in family), theme.text)
