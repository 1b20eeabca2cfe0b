# mypy: disallow-subclassing-any=False
"""Words on screen: wrapped in balanced lines, set on a common baseline."""

from __future__ import annotations

import unicodedata
from typing import Any, Self

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
    RoundedRectangle,
    Text,
    VGroup,
)

from .layout import UNITS_PER_POINT, fit, frame, gap_for
from .look import theme
from .motion import appear

CAP = 0.727
"""Height of a capital in Inter, as a share of the font size."""
NOTHING = "\u00b7"
HANGING = set("gjpqyQJç,;()[]{}|/\\_@$§µ„‚")


class Label(VGroup):
    """A piece of text. `size` is a font size (theme.title, .heading, .body, .label, .small), `color` a theme colour.

    With `width` (units) it is wrapped into balanced lines; `align` is LEFT, ORIGIN (centred) or RIGHT; `weight` is
    "NORMAL", "MEDIUM", "SEMIBOLD" or "BOLD". Example: `Label("chloroplast", color=theme.accent).next_to(leaf, DOWN)`.
    """

    def __init__(
        self,
        text: str,
        size: float = theme.label,
        color: Any = None,
        width: float | None = None,
        *,
        weight: str = "NORMAL",
        align: Any = ORIGIN,
        font: str = theme.font,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        text = printable(text)
        self.text = " ".join(text.split())
        self.size = size
        style = {"font": font, "font_size": size, "weight": weight, "color": theme.text if color is None else color}
        pieces = [piece for raw in text.split("\n") if raw.strip() for piece in wrapped(raw.strip(), width, style)]
        # without text something unseen keeps the place: manim cannot arrange what has no points
        for number, piece in enumerate(pieces or [Text(NOTHING, **style).set_opacity(0)]):
            low, _ = letters_box(piece, size)
            piece.shift((-number * gap_for(size) - low) * UP)
            self.add(piece)
        for piece in self:
            piece.align_to(self, align) if any(align) else piece.set_x(self.get_x())
        self.move_to(ORIGIN)

    def middle_on(self, point: Any) -> Self:
        """Centres the letters on `point`, from the baseline to the height of a capital: what looks centred."""
        height = self[0].height if len(self) else 0
        if height:
            scale = self[0].font_size / self.size
            top = letters_box(self[0], self.size * scale)[1]
            low = letters_box(self[-1], self.size * scale)[0]
            self.shift(UP * (point[1] - (top + low) / 2) + RIGHT * (point[0] - self.get_x()))
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
    """The title of a scene at the top left of the frame, with an optional smaller `subtitle`. One per scene.

    Keep it under 40 characters. `self.play(title.reveal())` or `Write(title)`; everything else goes in `frame.body`.
    """

    def __init__(self, text: str, subtitle: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        safe = frame.safe
        room = safe.width - 0.3
        words = Label(text, size=theme.title, width=room, weight="SEMIBOLD", align=LEFT)
        self.words = fit(words, room, 0.95 if not frame.portrait else 1.5)
        self.words.move_to([safe.left + 0.3, safe.top, 0], aligned_edge=UP + LEFT)
        self.add(self.words)
        if subtitle:
            self.subtitle = Label(subtitle, size=theme.label, color=theme.muted, width=room, align=LEFT)
            self.add(self.subtitle.next_to(self.words, DOWN, buff=0.16, aligned_edge=LEFT))
        self.mark = RoundedRectangle(
            width=0.08, height=self.height + 0.06, corner_radius=0.04, stroke_width=0, fill_opacity=1
        )
        self.mark.set_fill(theme.accent).move_to([safe.left + 0.04, self.get_y(), 0])
        self.add(self.mark)
        self.text = text

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


def printable(text: str) -> str:
    """`text` without control characters and halves of surrogate pairs, which no font can set."""
    return "".join(
        each if each == "\n" or unicodedata.category(each) not in ("Cc", "Cs", "Cn", "Co") else " " for each in text
    )


def letters_box(piece: Text, size: float) -> tuple[float, float]:
    """(baseline, height of a capital) of a line of text, in the scene's y; its plain box where letters are unknown."""
    letters = "".join(character for character in piece.text if not character.isspace())
    shapes = [each for each in piece.submobjects if each.has_points()]
    if len(letters) == len(shapes):
        standing = [
            shape.get_bottom()[1]
            for letter, shape in zip(letters, shapes, strict=True)
            if letter not in HANGING and unicodedata.category(letter)[0] in "LN" and ord(letter) < 0x250
        ]
        if standing:
            low = sorted(standing)[len(standing) // 2]
            return low, low + size * UNITS_PER_POINT * CAP
    return float(piece.get_bottom()[1]), float(piece.get_top()[1])


def wrapped(text: str, width: float | None, style: dict[str, Any]) -> list[Text]:
    """`text` set in lines of at most `width` units, as even as they can be with that number of lines."""
    words = text.split()
    whole = Text(text, **style)
    total = whole.width
    if width is None or len(text) < 2 or total <= width:
        return [whole]
    if len(words) < 2 or max(len(word) for word in words) * total / len(text) > width:
        words = list(text)  # scripts without spaces, or a word longer than the line
    joint = "" if words == list(text) else " "
    per_letter = total / len(text)
    limit = width / per_letter
    lines = _broken(words, joint, limit)
    low, high = limit * 0.4, limit
    for _ in range(12):
        middle = (low + high) / 2
        if len(_broken(words, joint, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    pieces = _set(_broken(words, joint, high), style)
    if any(piece.width > width for piece in pieces):
        pieces = _set(_broken(words, joint, limit * 0.88), style)
    return pieces


def _set(lines: list[str], style: dict[str, Any]) -> list[Text]:
    return [Text(line.strip(), **style) for line in lines if line.strip()]


def _broken(words: list[str], joint: str, limit: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + joint + word
        if len(longer) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def letters_middle(piece: Text, size: float) -> float:
    """The height half way between a line's baseline and its small letters' tops: where a bullet belongs."""
    low, top = letters_box(piece, size)
    return low + (top - low) * 0.42
