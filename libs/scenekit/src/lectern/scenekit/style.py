# mypy: disallow-subclassing-any=False
"""Colours with a meaning, fonts and type sizes. Scene code reads them from `theme`; a render job sets it once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from manim import (
    Arc,
    Arrow,
    Axes,
    Brace,
    DecimalNumber,
    Dot,
    Line,
    ManimColor,
    MarkupText,
    MathTex,
    NumberLine,
    Polygon,
    Rectangle,
    Tex,
    Text,
    Typst,
)

from lectern.theme import THEMES, Palette, apply_brand, measure_contrast, mix_fills

from .layout import frame
from .patching import patch_defaults, use_config

FONT = "Inter"
HAN_FONTS: Mapping[str, str] = MappingProxyType(
    {
        "Hans": "Noto Sans CJK SC",
        "Hant": "Noto Sans CJK TC",
        "Jpan": "Noto Sans CJK JP",
        "Kore": "Noto Sans CJK KR",
    }
)
"""By script (ISO 15924): the same character has another shape in Simplified Chinese and in Japanese."""
MONO = "Noto Sans Mono"
COLOURS = tuple(field.name for field in fields(Palette))
MIDNIGHT = THEMES["midnight"]
NO_COLOURS: Mapping[str, str] = MappingProxyType({})

_palette: ContextVar[Palette] = ContextVar("palette", default=MIDNIGHT)
_font: ContextVar[str] = ContextVar("font", default=FONT)


class FillColor(ManimColor):
    """The colour of a thing's surface; `shade` is the one of its edge, its folds and its dark side."""

    def __init__(self, tone: str, shade: str) -> None:
        super().__init__(tone)
        self.shade = ManimColor(shade)


class Fills:
    """Colours of drawn things, two tones each: `theme.fill.sun`, `theme.fill.sun.shade`."""

    def __getattr__(self, name: str) -> FillColor:
        fills = mix_fills(_palette.get())
        if name not in fills:
            near = difflib.get_close_matches(name, fills, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise AttributeError(f"theme.fill has no {name!r}; {meant}It has {', '.join(fills)}")
        return FillColor(fills[name].tone, fills[name].shade)

    def __dir__(self) -> list[str]:
        return list(mix_fills(_palette.get()))


class LineWidths:
    """Stroke widths by what a line is for: `bold` for what is being spoken of, `fine` for what helps the eye."""

    bold = 7.0
    normal = 4.0
    fine = 2.0


class TypeSize:
    """A font size of the theme, which is larger in an upright frame: that is watched on a phone."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __get__(self, instance: object, owner: type | None = None) -> float:
        return self.size * frame.type_scale


class Theme:
    """Colours and sizes of the video: use these, not manim's WHITE, so that every theme looks right.

    Colours: `theme.text`, `.muted` (secondary text), `.primary` (main thing), `.accent` (look here), `.good`, `.bad`,
    `.violet`, `.teal`, `.surface` (box fill), `.border` (box edge), `.background`; `.series` is a list of six for
    series. Things are filled with `theme.fill.leaf` and edged with `theme.fill.leaf.shade`: sun, fire, leaf, grass,
    water, sky, ice, snow, cloud, earth, sand, stone, brick, wood, metal, gold, copper, glass, paper, cloth, ink,
    night, skin, hair, flesh, blood, bone, cell, seed, petal, plum, sea.
    Font sizes: `theme.title`, `.heading`, `.body`, `.label`, `.small` (the smallest that is readable). Strokes:
    `theme.line.bold` (what is spoken of), `.normal` (things), `.fine` (axes, guides).
    """

    title = TypeSize(52)
    heading = TypeSize(40)
    body = TypeSize(34)
    label = TypeSize(28)
    small = TypeSize(24)
    mono = MONO
    fill = Fills()
    line = LineWidths()

    def __getattr__(self, name: str) -> ManimColor:
        if name not in COLOURS:
            raise AttributeError(f"theme has no {name!r}; it has {', '.join(COLOURS)}")
        return ManimColor(getattr(_palette.get(), name))

    @property
    def series(self) -> list[ManimColor]:
        """Six colours that are easy to tell apart, in the order to use them."""
        return [self.primary, self.accent, self.good, self.violet, self.bad, self.teal]

    @property
    def font(self) -> str:
        """The font of words on screen."""
        return _font.get()

    @property
    def dark(self) -> bool:
        """True for a dark background."""
        return is_dark(_palette.get())


theme = Theme()


def is_dark(palette: Palette) -> bool:
    """Return whether white stands out from the background more than black does."""
    return measure_contrast(palette.background, "#FFFFFF") > measure_contrast(palette.background, "#000000")


@contextmanager
def use_theme(name: str, colours: Mapping[str, str] = NO_COLOURS, font: str = "", script: str = "") -> Iterator[None]:
    """Draw in the theme `name` inside the block, with a brand's colours and font if there are any.

    `script` (ISO 15924) decides the shapes of Chinese characters. Plain manim objects get the theme's text colour and
    font by default. Raises ValueError for a theme that does not exist, and for colours that cannot be read.
    """
    palette = apply_brand(name, colours)
    families = ", ".join(each for each in (font or FONT, HAN_FONTS.get(script)) if each)
    tokens = _palette.set(palette), _font.set(families)
    settings: dict[str, Any] = {"background_color": palette.background}
    try:
        with use_config(settings), ExitStack() as stack:
            for text in (Text, MarkupText):
                stack.enter_context(patch_defaults(text, font=families, color=palette.text))
            for formula in (Tex, MathTex, Typst, DecimalNumber):
                stack.enter_context(patch_defaults(formula, color=palette.text))
            if not is_dark(palette):  # manim's own default, white, is right on dark
                for shape in (Line, Arrow, Dot, Arc, Polygon, Rectangle, NumberLine, Brace):
                    stack.enter_context(patch_defaults(shape, color=palette.text))
                stack.enter_context(patch_defaults(Axes, axis_config={"color": palette.text}))
            yield
    finally:
        _palette.reset(tokens[0])
        _font.reset(tokens[1])
