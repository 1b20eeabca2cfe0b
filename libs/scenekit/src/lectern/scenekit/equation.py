# mypy: disallow-subclassing-any=False
"""Formulas. They are always available: Typst, which comes with manim, sets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from manim import DOWN, Animation, LaggedStart, MathTypst, TransformMatchingShapes, VGroup, Write
from manim.utils.rate_functions import ease_in_out_sine

from .layout import place
from .style import theme

FORMULA_SCALE = 1.604
"""Typst's font size for letters as high as those of a Label of size 1: Inter's x-height by New Computer Modern's."""


class Equation(VGroup):
    """Formulas in Typst maths, one per line, lined up at their equals signs: `Equation("a^2 + b^2 = c^2")`.

    Typst, not LaTeX: `frac(a, b)` or `a/b`, `sqrt(x)`, `x^(n+1)`, `x_1`, `sum_(k=1)^n k`, `integral_0^1 f(x) dif x`,
    `alpha`, `pi`, `infinity`, `times`, `<=`, `!=`, `->`, words in quotes `"speed" = v`; letters that are multiplied are
    spaced: `E = m c^2`. Letters are as high as a Label's of that `size`; `colors={"a": theme.primary}` colours parts.
    `eq[0]` is a line, `eq.part("c^2")` a part, to colour or `focus`. `self.play(eq.reveal())`, `eq.reveal(0)` one line,
    `eq.derive(1)` grows line 1 out of the line before it.
    """

    def __init__(
        self,
        *lines: str,
        size: float | None = None,
        color: Any = None,
        colors: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sources = tuple(lines)
        size = (size or (theme.heading if len(lines) < 4 else theme.body)) * FORMULA_SCALE
        self.color_ = theme.text if color is None else color
        self.add(*(set_formula(line, font_size=size, color=self.color_) for line in lines))
        for source, part_color in (colors or {}).items():
            self._color_parts(source, part_color)
        self.arrange(DOWN, buff=0.5)
        if len(lines) > 1 and all(find_equals_sign(remove_marks(line)) is not None for line in lines):
            self._line_up()
        place(self)

    def part(self, source: str, line: int | None = None) -> VGroup:
        """The glyphs of `source` (as written) in line `line`, or in the first line with it. Raises KeyError."""
        for index, text in enumerate(self.sources):
            plain = remove_marks(text)
            if line in (None, index) and source in plain:
                at = next(iter(find_parts(plain, source)), plain.index(source))
                return _select_part(self[index], plain, at, source)
        raise KeyError(f"no formula contains {source!r}; the lines are {', '.join(map(repr, self.sources))}")

    def reveal(self, line: int | None = None) -> Animation:
        """Line `line` (from 0) is written; without a line all of them are, one after the other."""
        if line is not None:
            return Write(self[line], run_time=1.2)
        return LaggedStart(*(Write(each, run_time=1.2) for each in self), lag_ratio=0.7)

    def derive(self, line: int) -> Animation:
        """Line `line` grows out of a copy of the line before it: for a step of a derivation."""
        return TransformMatchingShapes(
            self[line - 1].copy(), self[line], run_time=1.4, rate_func=ease_in_out_sine, path_arc=0.3
        )

    def _color_parts(self, source: str, color: Any) -> None:
        found = [
            _select_part(each, text, at, source)
            for each, text in zip(self, map(remove_marks, self.sources), strict=True)
            for at in find_parts(text, source)
        ]
        if not found:
            self.part(source)  # raises, with the lines there are
        for part in found:
            part.set_color(color)

    def _line_up(self) -> None:
        texts = [remove_marks(text) for text in self.sources]
        signs = [
            _select_part(each, text, find_equals_sign(text) or 0, "=").get_x()
            for each, text in zip(self, texts, strict=True)
        ]
        for each, sign in zip(self, signs, strict=True):
            each.shift((signs[0] - sign, 0, 0))


def set_formula(source: str, **kwargs: Any) -> MathTypst:
    """Set one line of Typst maths. Raises ValueError with the formula, Typst's message and the correct notation."""
    try:
        return MathTypst(source, **kwargs)
    except Exception as error:
        message = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        hint = (
            'this is LaTeX; write Typst: frac(a, b), sqrt(x), x^(n+1), alpha, times, dot, "words"'
            if "\\" in source
            else 'space letters that are multiplied ("m c^2"), quote words ("\\"speed\\" = v")'
        )
        raise ValueError(f"Equation({source!r}): {message}; {hint}") from error


def remove_marks(source: str) -> str:
    """Remove the `{{ }}` marks from a formula."""
    return source.replace("{{", "").replace("}}", "")


def find_parts(text: str, source: str) -> list[int]:
    """Return where `source` stands in a formula by itself: "a" is found in "a^2 + a b", not in "alpha" or in quotes."""
    before = r"(?<![A-Za-z])" if source[:1].isalpha() else ""
    after = r"(?![A-Za-z])" if source[-1:].isalpha() else ""
    starts = [match.start() for match in re.finditer(before + re.escape(source) + after, text)]
    return [start for start in starts if source.startswith('"') or text.count('"', 0, start) % 2 == 0]


def find_equals_sign(text: str) -> int | None:
    """Return the index of the formula's own equals sign: outside brackets and quotes, and no part of `<=` or `!=`."""
    depth, quoted = 0, False
    for index, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in "([{") - (character in ")]}")
        alone = text[max(0, index - 1) : index] not in tuple("<>!=:~") and text[index + 1 : index + 2] not in tuple(
            "=>"
        )
        if character == "=" and not depth and not quoted and alone:
            return index
    return None


def _select_part(line: Any, text: str, at: int, source: str) -> VGroup:
    """Find the shapes of `line` that belong to `source`, by setting the line again with that part marked."""
    marked = f"{text[:at]} {{{{ {source} : chosen }}}} {text[at + len(source) :]}"
    probe = set_formula(marked)
    chosen = set(map(id, probe.select("chosen").family_members_with_points()))
    mine = line.family_members_with_points()
    whole = probe.family_members_with_points()
    if len(mine) != len(whole):
        raise KeyError(f"{source!r} cannot be singled out inside {text!r}; mark a larger part")
    return VGroup(*(shape for shape, twin in zip(mine, whole, strict=True) if id(twin) in chosen))
