"""Colours with a meaning, fonts and type sizes. Scene code reads them from `theme`; a render job sets it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import fields
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
    tempconfig,
)

from lectern.theme import DARK, THEMES, Palette

from .patching import patch_defaults

FONT = "Inter"
MONO = "Noto Sans Mono"
COLOURS = tuple(field.name for field in fields(Palette))

_palette: ContextVar[Palette] = ContextVar("palette", default=DARK)


class Theme:
    """Colours and sizes of the video: use these, not manim's WHITE or BLUE, so that light and dark both look right.

    Colours: `theme.text`, `theme.muted` (secondary text), `theme.primary` (main thing), `theme.accent` (look here),
    `theme.good`, `theme.bad`, `theme.violet`, `theme.teal`, `theme.surface` (box fill), `theme.border` (box edge),
    `theme.background`. `theme.series` is a list of six colours for series. Font sizes: `theme.title` 52,
    `theme.heading` 40, `theme.body` 34, `theme.label` 28, `theme.small` 24 (the smallest that is readable).
    """

    title = 52
    heading = 40
    body = 34
    label = 28
    small = 24
    font = FONT
    mono = MONO

    def __getattr__(self, name: str) -> ManimColor:
        if name not in COLOURS:
            raise AttributeError(f"theme has no {name!r}; it has {', '.join(COLOURS)}")
        return ManimColor(getattr(_palette.get(), name))

    @property
    def series(self) -> list[ManimColor]:
        """Six colours that are easy to tell apart, in the order to use them."""
        return [self.primary, self.accent, self.good, self.violet, self.bad, self.teal]

    @property
    def dark(self) -> bool:
        """True for a dark background."""
        return _palette.get() is DARK


theme = Theme()


@contextmanager
def use_theme(name: str) -> Iterator[None]:
    """Draw in the theme `name` inside the block; plain manim objects get its text colour and font by default.

    Raises ValueError for a theme that does not exist.
    """
    if name not in THEMES:
        raise ValueError(f"theme {name!r} does not exist; use one of {', '.join(THEMES)}")
    palette = THEMES[name]
    token = _palette.set(palette)
    settings: dict[str, Any] = {"background_color": palette.background}
    try:
        with tempconfig(settings), ExitStack() as stack:
            for text in (Text, MarkupText):
                stack.enter_context(patch_defaults(text, font=FONT, color=palette.text))
            for formula in (Tex, MathTex, Typst, DecimalNumber):
                stack.enter_context(patch_defaults(formula, color=palette.text))
            if palette is not DARK:  # manim's own default, white, is right on dark
                for shape in (Line, Arrow, Dot, Arc, Polygon, Rectangle, NumberLine, Brace):
                    stack.enter_context(patch_defaults(shape, color=palette.text))
                stack.enter_context(patch_defaults(Axes, axis_config={"color": palette.text}))
            yield
    finally:
        _palette.reset(token)
