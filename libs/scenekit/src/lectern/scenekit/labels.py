# mypy: disallow-subclassing-any=False
"""Text on screen: labels, captions and titles, wrapped into balanced lines on a common baseline."""

from __future__ import annotations

from typing import Any, Self
from weakref import ref

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    GrowFromCenter,
    GrowFromEdge,
    LaggedStart,
    Mobject,
    RoundedRectangle,
    Text,
    VGroup,
)

from .layout import fit, frame
from .line_breaking import line_gap, measure_capitals, replace_unprintable, wrap
from .mirroring import order_by_script
from .motion import appear
from .style import theme

PLACEHOLDER = "\u00b7"
INDENT = 0.3
"""Units from the left of a title's mark to its words."""
HALO, TITLE_Z = 9, 60
"""The width of the background's colour around a title, and its place in the drawing order."""
MIN_SUBTITLE_HEIGHT = 0.25
STILL_BESIDE = 0.05
"""Units by which a label may be off the place beside its thing and still belong there."""


class Label(VGroup):
    """A piece of text. `size` is a font size and `color` a colour of the theme.

    With `width` (units) it is wrapped; `align` is LEFT, ORIGIN (centred) or RIGHT; `weight` up to "BOLD".
    `Label("chloroplast", color=theme.accent).next_to(leaf, DOWN)` stays there when the camera comes closer.
    """

    def __init__(
        self,
        text: str,
        size: float | None = None,
        color: Any = None,
        width: float | None = None,
        *,
        weight: str = "NORMAL",
        align: Any = ORIGIN,
        font: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._beside: tuple[Any, Any, Any] | None = None
        text = replace_unprintable(text)
        self.text = " ".join(text.split())
        self.size = size = theme.label if size is None else size
        ink = theme.text if color is None else color
        style = {"font": font or theme.font, "font_size": size, "weight": weight, "color": ink}
        pieces = [piece for raw in text.split("\n") if raw.strip() for piece in wrap(raw.strip(), width, style)]
        pieces = [piece for piece in pieces if piece.has_points() or len(piece)]  # not what has no letter to draw
        # an empty label gets an invisible placeholder: manim cannot arrange an object without points
        for number, piece in enumerate(pieces or [Text(PLACEHOLDER, **style).set_opacity(0)]):
            baseline, _ = measure_capitals(piece, size)
            piece.shift((-number * line_gap(size) - baseline) * UP)
            self.add(piece)
        for piece in self:
            if any(align):
                piece.align_to(self, align)
            else:
                piece.set_x(self.get_x())
        self.move_to(ORIGIN)

    def next_to(self, mobject_or_point: Any, direction: Any = RIGHT, *args: Any, **kwargs: Any) -> Self:
        """Place the text beside a thing or a point; there it stays when the camera comes closer."""
        super().next_to(mobject_or_point, direction, *args, **kwargs)
        if isinstance(mobject_or_point, Mobject):
            offset = self.get_center() - mobject_or_point.get_critical_point(direction)
            self._beside = (ref(mobject_or_point), direction, offset)
        return self

    def find_screen_anchor(self) -> Any:
        """The point around which the text keeps its size on the screen: the edge of the thing that it stands beside."""
        found, direction, offset = self._beside or (lambda: None, ORIGIN, ORIGIN)
        thing = found()
        if thing is not None:
            edge = thing.get_critical_point(direction)
            if np.abs(edge + offset - self.get_center()).max() < STILL_BESIDE:
                return edge
        return self.get_center()

    def middle_on(self, point: Any) -> Self:
        """Centre the letters on `point` by their baseline and cap height, which is what looks centred."""
        height = self[0].height if len(self) else 0
        if height:
            scale = self[0].font_size / self.size
            top = measure_capitals(self[0], self.size * scale)[1]
            baseline = measure_capitals(self[-1], self.size * scale)[0]
            self.shift(UP * (point[1] - (top + baseline) / 2) + RIGHT * (point[0] - self.get_x()))
        return self

    def reveal(self) -> Animation:
        """The text fades in, rising a little."""
        return appear(self)


class Caption(Label):
    """Small, muted text for a source, a unit or an aside: `Caption("not to scale").next_to(diagram, DOWN)`."""

    def __init__(self, text: str, width: float | None = None, **kwargs: Any) -> None:
        kwargs = {"size": theme.small, "color": theme.muted} | kwargs
        super().__init__(text, width=width, **kwargs)


class Title(VGroup):
    """The title of a scene: a small tag at the top left, under 40 characters. `self.play(title.reveal())`.

    Everything else goes in `frame.body`, below it.
    """

    stays_on_screen = True

    def __init__(self, text: str, subtitle: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        safe = frame.safe
        room, height = safe.width - INDENT, safe.top - frame.body.top - 0.3
        words = Label(text, size=theme.label, color=theme.muted, width=room, weight="SEMIBOLD", align=LEFT)
        self.words = fit(words, room, height)
        self.words.move_to([safe.left + INDENT, safe.top, 0], aligned_edge=UP + LEFT)
        self.add(self.words)
        if subtitle:
            self.subtitle = Label(subtitle, size=theme.small, color=theme.muted, align=LEFT)
            self._place_subtitle(safe.right - self.words.get_right()[0] - 0.3, height - self.words.height - 0.1)
        self.mark = RoundedRectangle(
            width=0.08, height=self.height + 0.08, corner_radius=0.04, stroke_width=0, fill_opacity=1
        )
        self.mark.set_fill(theme.accent).move_to([safe.left + 0.04, self.get_y(), 0])
        self.add(self.mark)
        # what a close camera brings behind the title stays apart from it
        self.set_stroke(theme.background, width=HALO, background=True).set_z_index(TITLE_Z)
        self.text = text
        order_by_script([text], safe.center[0], self)

    def _place_subtitle(self, beside: float, below: float) -> None:
        """Put the subtitle beside the title if there is room for it, otherwise below; both are in units."""
        subtitle = self.subtitle
        if subtitle.width <= beside or below < MIN_SUBTITLE_HEIGHT:
            fit(subtitle, max(beside, 1e-3)).next_to(self.words, RIGHT, buff=0.3)
        else:
            fit(subtitle, frame.safe.width - INDENT, below).next_to(self.words, DOWN, buff=0.1, aligned_edge=LEFT)
        self.add(subtitle)

    def reveal(self) -> Animation:
        """The mark grows and the title slides in."""
        parts = [appear(part, shift=0.2 * RIGHT) for part in self if part is not self.mark]
        return LaggedStart(GrowFromEdge(self.mark, UP, run_time=0.5), *parts, lag_ratio=0.3)


class TitleCard(VGroup):
    """A big title in the middle of the frame, for the first or last scene: `TitleCard("Photosynthesis", "From light
    to sugar")`. `self.play(card.reveal())`."""

    def __init__(self, text: str, subtitle: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        width = frame.safe.width * 0.86
        self.words = Label(text, size=theme.title * 1.6, width=width, weight="BOLD")
        fit(self.words, width)
        self.mark = RoundedRectangle(width=1.6, height=0.09, corner_radius=0.045, stroke_width=0, fill_opacity=1)
        self.mark.set_fill(theme.accent).next_to(self.words, DOWN, buff=0.4)
        self.add(self.words, self.mark)
        if subtitle:
            self.subtitle = Label(subtitle, size=theme.body, color=theme.muted, width=width)
            self.add(self.subtitle.next_to(self.mark, DOWN, buff=0.4))
        self.text = text
        self.move_to(frame.safe.center)

    def reveal(self) -> Animation:
        """The title rises in, then its mark and its subtitle."""
        words = [appear(self.words), GrowFromCenter(self.mark, run_time=0.6), *(appear(part) for part in self[2:])]
        return LaggedStart(*words, lag_ratio=0.35)
