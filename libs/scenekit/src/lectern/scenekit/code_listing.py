# mypy: disallow-subclassing-any=False
"""Program listings."""

from __future__ import annotations

import textwrap
from typing import Any

from manim import LEFT, RIGHT, UP, Animation, AnimationGroup, FadeIn, LaggedStart, RoundedRectangle, Text, VGroup
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String
from pygments.util import ClassNotFound

from .layout import frame, place
from .line_breaking import UNITS_PER_POINT, replace_unprintable
from .motion import DIM_OPACITY, appear, fade_to
from .style import theme

ADVANCE = 0.6
"""Width of a letter of the monospaced font, as a share of the font size."""


class CodeListing(VGroup):
    """A program with highlighted syntax: `CodeListing("def f(x):\\n    return x * 2", language="python")`.

    At most 16 lines of at most 60 characters. `self.play(code.reveal())`; `self.play(code.highlight(2, 3))` lets lines
    2 and 3 stand out (lines count from 1), `code.highlight()` shows all alike again; `code.line(2)` is a line.
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
        size = size or (theme.label if len(rows) <= 10 else theme.small)
        self.source, self.language = text, language
        numbers = frame.width > 10 if numbers is None else numbers
        self.lines = VGroup()
        step, letter = size * UNITS_PER_POINT * 1.5, size * UNITS_PER_POINT * ADVANCE
        gutter = (len(str(len(rows))) + 1.5) * letter if numbers else 0.0
        for index, (row, colors) in enumerate(zip(rows, _colour_characters(text, language), strict=True)):
            line = VGroup()
            if numbers:
                number = _set_row(str(index + 1), size, [theme.muted] * 9, 0.0, -index * step)
                line.add(number.set_opacity(0.75))
            if row.strip():
                line.add(_set_row(row, size, colors, gutter, -index * step))
            self.lines.add(line)
        self.panel = RoundedRectangle(
            width=self.lines.width + 0.9, height=max(len(rows) * step, 0.5) + 0.7, corner_radius=0.18
        )
        self.panel.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border, stroke_width=2)
        middle = -(len(rows) - 1) * step / 2 + size * UNITS_PER_POINT * 0.3
        self.panel.move_to([self.lines.get_x(), middle, 0])
        self.add(self.panel, self.lines)
        place(self)

    def line(self, number: int) -> Any:
        """Line `number`, counted from 1. Raises IndexError that says how many lines there are."""
        if not 1 <= number <= len(self.lines):
            raise IndexError(f"the listing has lines 1 to {len(self.lines)}, not {number}")
        return self.lines[number - 1]

    def reveal(self) -> Animation:
        """The panel appears, then the lines from top to bottom."""
        rows = [appear(line, run_time=0.5, shift=0.15 * RIGHT) for line in self.lines]
        return LaggedStart(FadeIn(self.panel, run_time=0.5), LaggedStart(*rows, lag_ratio=0.25), lag_ratio=0.5)

    def highlight(self, *numbers: int) -> Animation:
        """Lines `numbers` stand out and the others recede; without numbers all lines look alike again."""
        chosen = {id(self.line(number)) for number in numbers}
        return AnimationGroup(
            *(fade_to(line, 1.0 if not numbers or id(line) in chosen else DIM_OPACITY) for line in self.lines),
            run_time=0.6,
        )


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
