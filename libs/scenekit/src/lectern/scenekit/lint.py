"""The layout lint: looks at the scene after each play of the measuring pass. Nothing is drawn.

A finding is told once, where it is first seen. Scenes in three dimensions are not judged: what their text covers
depends on the camera.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from manim import ImageMobject, Scene, ThreeDCamera, config
from manim.utils.color import ManimColor

from .director import Measuring
from .findings import Finding, Level
from .layout import CAPTIONS
from .renderer import depends_on_time
from .survey import Patch, Piece, contrast, survey

SMALL, TINY = 17.5, 13.0
"""Font sizes: at 1280x720, capitals of 16 and of 12 pixels. Below the first a phone's viewer squints."""
FAINT, UNREADABLE = 3.0, 1.9
"""Contrast ratios. WCAG 2 asks for 3 for large text; below 1.9 text is a shadow."""
TOUCHING, COVERING = 0.06, 0.18
"""Shares of the smaller text's box that another text covers."""
EDGE = 0.04
ALIKE = 3
"""Findings of one rule that are told for one line: more say nothing new."""
STILL, STILL_SHARE = 9.0, 0.75
"""A picture that stands still for so many seconds, and for so much of its beat, bores."""


class Lint:
    """Collects findings while a scene is measured."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._told: set[tuple[str, str]] = set()
        self._alive = False

    def played(self, scene: Scene, beat: int, line: int | None, *, wait: bool) -> None:
        """Looks at the picture at the end of a play."""
        self._alive = self._alive or depends_on_time(scene)
        if isinstance(scene.camera, ThreeDCamera):
            return
        pieces, patches = survey(scene.mobjects)
        view = _View(scene)
        here = (beat + 1, line)
        for piece in pieces:
            self._frame(piece, view, here)
            self._size(piece, view, here)
            self._contrast(piece, patches, here)
        self._overlaps(pieces, here)
        for mobject in scene.mobjects:
            self._image(mobject, view, here)

    def after(self, measuring: Measuring) -> list[Finding]:
        """What can be said only when the whole scene has been measured."""
        if self._alive:
            return []
        table, found = measuring.table, []
        for index, measure in enumerate(measuring.measures):
            allotted = table.stops[index] - table.starts[index]
            still = allotted - sum(measure.runs)
            if (measure.plays == 0 and allotted >= 4.0) or (still > STILL and still > allotted * STILL_SHARE):
                found.append(_still(index + 1, still, measure.line))
        return found

    def _frame(self, piece: Piece, view: _View, here: tuple[int, int | None]) -> None:
        if view.zoomed:
            return
        left, bottom, right, top = piece.box
        out = {
            "left": view.left - left,
            "bottom": view.bottom - bottom,
            "right": right - view.right,
            "top": top - view.top,
        }
        side, most = max(out.items(), key=lambda each: each[1])
        if most > EDGE:
            wide = right - left > view.right - view.left
            remedy = "shrink it with fit(...) or wrap it with width=" if wide else f"move it {most + 0.4:.1f} inwards"
            self._tell(
                "out-of-frame",
                "error",
                piece.name,
                here,
                f"{piece.name} is {most:.1f} beyond the {side} edge: {remedy}",
            )
        elif len(piece.text) > 4 and (bottom + top) / 2 < view.bottom + CAPTIONS * (view.top - view.bottom) - 0.12:
            self._tell(
                "out-of-frame",
                "warning",
                piece.name,
                here,
                f"{piece.name} is where the captions are (the lowest {CAPTIONS:.0%} of the frame): move it up",
            )

    def _image(self, mobject: Any, view: _View, here: tuple[int, int | None]) -> None:
        for each in mobject.get_family():
            if not isinstance(each, ImageMobject) or view.zoomed:
                continue
            left, right = each.get_left()[0], each.get_right()[0]
            bottom, top = each.get_bottom()[1], each.get_top()[1]
            if left < view.left - 0.1 or right > view.right + 0.1 or bottom < view.bottom - 0.1 or top > view.top + 0.1:
                name = f"{type(each).__name__}({each.width:.1f} x {each.height:.1f})"
                self._tell("out-of-frame", "warning", name, here, f"{name} is cut off by the frame: use fit(image)")

    def _size(self, piece: Piece, view: _View, here: tuple[int, int | None]) -> None:
        size = piece.size * view.magnification
        if size < SMALL:
            level: Level = "error" if size < TINY else "warning"
            self._tell(
                "text-too-small",
                level,
                piece.name,
                here,
                f"{piece.name} has font size {size:.0f}, which cannot be read on a phone: use 24 or more, "
                "with fewer words or less on screen at once",
            )

    def _contrast(self, piece: Piece, patches: list[Patch], here: tuple[int, int | None]) -> None:
        background = ManimColor(config.background_color).to_rgb()
        ratio = contrast(piece, patches, background)
        if ratio < FAINT:
            level: Level = "error" if ratio < UNREADABLE else "warning"
            self._tell(
                "low-contrast",
                level,
                piece.name,
                here,
                f"{piece.name} hardly stands out from what is behind it (contrast {ratio:.1f}, at least {FAINT:g} is "
                "needed): use theme.text, or another theme colour on theme.background or theme.surface",
            )

    def _overlaps(self, pieces: list[Piece], here: tuple[int, int | None]) -> None:
        if len(pieces) < 2:
            return
        boxes = np.array([piece.box for piece in pieces])
        for one, other in combinations(range(len(pieces)), 2):
            width = min(boxes[one, 2], boxes[other, 2]) - max(boxes[one, 0], boxes[other, 0])
            height = min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])
            if width <= 0 or height <= 0:
                continue
            if pieces[one].text == pieces[other].text and np.abs(boxes[one] - boxes[other]).max() < 0.05:
                continue  # a copy lying on its original, about to move
            share = width * height / max(1e-6, min(_area(boxes[one]), _area(boxes[other])))
            if share > TOUCHING:
                names = f"{pieces[one].name} and {pieces[other].name}"
                self._tell(
                    "text-overlap",
                    "error" if share > COVERING else "warning",
                    names,
                    here,
                    f"{names} overlap by {share:.0%}: remove or fade out the first before showing the second, "
                    "or arrange both with stack(...), row(...) or columns(...)",
                )

    def _tell(self, rule: str, level: Level, name: str, here: tuple[int, int | None], message: str) -> None:
        beat, line = here
        alike = sum(each.rule == rule and (each.beat, each.line) == here for each in self.findings)
        if (rule, name) not in self._told and alike < ALIKE:
            self._told.add((rule, name))
            self.findings.append(Finding(rule=rule, level=level, message=message, beat=beat, line=line, object=name))


class _View:
    """What the camera shows."""

    def __init__(self, scene: Scene) -> None:
        camera = scene.camera
        x, y = float(camera.frame_center[0]), float(camera.frame_center[1])
        width, height = float(camera.frame_width), float(camera.frame_height)
        self.left, self.right = x - width / 2, x + width / 2
        self.bottom, self.top = y - height / 2, y + height / 2
        self.magnification = config.frame_width / width
        self.zoomed = abs(self.magnification - 1) > 0.02 or abs(x) > 0.1 or abs(y) > 0.1


def _area(box: Any) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))


def _still(beat: int, seconds: float, line: int | None) -> Finding:
    return Finding(
        rule="nothing-moves",
        level="warning",
        message=(
            f"nothing moves for {seconds:.0f} s of beat {beat}: reveal things one by one, start them on words with "
            "self.at(...), or focus(...) on what is spoken of"
        ),
        beat=beat,
        line=line,
    )
