# mypy: disallow-subclassing-any=False
"""Formulas. They are always available: Typst, which comes with manim, sets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from manim import (
    DOWN,
    Animation,
    LaggedStart,
    MathTypst,
    Mobject,
    TransformMatchingShapes,
    VGroup,
    Write,
)
from manim.utils.rate_functions import ease_in_out_sine

from .following import Following, SpokenCue
from .formula_motion import MorphFormula
from .formula_names import PartName, name_part
from .formula_shapes import thicken
from .formula_words import fill_parts, find_all_parts, find_parts, list_spoken_parts, read_number
from .layout import fit, frame, place
from .motion import focus
from .plates import Underscore
from .style import theme

FORMULA_SCALE = 1.549
"""Typst's font size for letters as high as those of a Label of size 1: Inter's x-height by New Computer Modern's,
whose letters are made heavier."""


class Equation(VGroup):
    """Formulas in Typst maths, one per line, lined up at their equals signs: `Equation("a^2 + b^2 = c^2")`.

    Typst, not LaTeX: `frac(a, b)` or `a/b`, `sqrt(x)`, `x^(n+1)`, `x_1`, `sum_(k=1)^n k`, `integral_0^1 f(x) dif x`,
    `alpha`, `pi`, `infinity`, `times`, `<=`, `!=`, `->`, words in quotes `"speed" = v`; letters that are multiplied are
    spaced: `E = m c^2`. Letters are as high as a Label's of that `size`; `colors={"a": theme.primary}` colours parts.
    `eq[0]` is a line, `eq.part("c^2")` a part, to colour or `focus`. `self.play(eq.reveal())`, `eq.reveal(0)` one line,
    `eq.derive(1)` grows line 1 out of the line before it; `eq.morph("c^2 = a^2 + b^2")`, `eq.fill("a", 3)`;
    `eq.explain("c", "hypotenuse")` names a part.
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
        self.names: list[PartName] = []
        size = (size or (theme.heading if len(lines) < 4 else theme.body)) * FORMULA_SCALE
        self.color_ = theme.text if color is None else color
        self.colors, self._size = dict(colors or {}), size
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

    def dwell(self, line: int = 0, seconds: float = 2.4) -> Animation:
        """Line `line` (from 0) is underlined for `seconds` while more is said about it."""
        return Underscore(self[line], theme.accent, run_time=seconds)

    def morph(self, *lines: str) -> Animation:
        """The formula turns into another: parts that both have move to their new places. It stays the same thing."""
        return MorphFormula(self, self._set_target(lines))

    def fill(self, *parts: Any) -> Animation:
        """Numbers take the place of parts: `eq.fill("a", 3, "b", four)`; a thing on screen flies in as its number."""
        if len(parts) < 2 or len(parts) % 2:
            raise ValueError('eq.fill("a", 3) wants a part and its number, and then perhaps more: "b", 4')
        values = dict(zip(parts[::2], parts[1::2], strict=True))
        before = {source: self.part(source) for source in values}  # raises for what no line contains
        numbers = {source: read_number(value) for source, value in values.items()}
        plain = [remove_marks(each) for each in self.sources]
        target = self._set_target([fill_parts(each, numbers, mark=True) for each in plain])
        origins = {}
        for line, text in zip(target, plain, strict=True):
            for index, (_, source) in enumerate(find_all_parts(text, numbers)):
                glyphs = line.select(index).family_members_with_points()
                place = values[source] if isinstance(values[source], Mobject) else before[source]
                for glyph in glyphs:
                    glyph.set_color(before[source][0].get_fill_color())
                    origins[id(glyph)] = place
        target.sources = tuple(fill_parts(each, numbers) for each in plain)
        return MorphFormula(self, target, origins)

    def explain(self, part: str, text: str) -> Animation:
        """A part's name comes, with a line to it: `eq.explain("F", "force")`. It stands below or above the formula."""
        name = name_part(self, self.part(part), text, self.names)
        self.names.append(name)
        return name.reveal()

    def follow(self, line: int | None = None) -> Following:
        """Parts light up as they are spoken: `self.play(eq.follow())` in the beat that says "a squared plus ..."."""
        cues = []
        for index, text in enumerate(map(remove_marks, self.sources)):
            if line in (None, index):
                for at, source, phrases in list_spoken_parts(text):
                    light = partial(self._light_part, index, at, source)
                    cues.append(SpokenCue(phrases=phrases, play=light))
        return Following(cues)

    def _light_part(self, line: int, at: int, source: str) -> Animation:
        return focus(_select_part(self[line], remove_marks(self.sources[line]), at, source))

    def _set_target(self, lines: Sequence[str]) -> Equation:
        """Set other formulas where this one stands, as large as it is now."""
        known = {
            source: color for source, color in self.colors.items() if any(find_parts(each, source) for each in lines)
        }
        target = Equation(*lines, size=self._size / FORMULA_SCALE, color=self.color_, colors=known)
        target.scale(self[0].font_size / target[0].font_size)
        fit(target, frame.safe.width, frame.safe.height).move_to(self.get_center())
        return target

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
        formula = MathTypst(source, **kwargs)
    except Exception as error:
        message = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        hint = (
            'this is LaTeX; write Typst: frac(a, b), sqrt(x), x^(n+1), alpha, times, dot, "words"'
            if "\\" in source
            else 'space letters that are multiplied ("m c^2"), quote words ("\\"speed\\" = v")'
        )
        raise ValueError(f"Equation({source!r}): {message}; {hint}") from error
    thicken(formula, formula.font_size)
    return formula


def remove_marks(source: str) -> str:
    """Remove the `{{ }}` marks from a formula."""
    return source.replace("{{", "").replace("}}", "")


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
