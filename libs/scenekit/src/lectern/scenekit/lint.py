"""The layout lint: checks the scene after each play of the measuring pass. Nothing is drawn.

Each finding is reported once, where it is first seen. Three-dimensional scenes are not checked: what their text covers
depends on the camera.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from manim import ImageMobject, Scene, ThreeDCamera, config

from .contrast import to_rgb
from .director import Measuring
from .findings import Finding, Level
from .layout import CAPTION_SHARE
from .renderer import depends_on_time
from .visible_text import FilledShape, TextPiece, find_text, measure_contrast

SMALL_SIZE, TINY_SIZE = 17.5, 13.0
"""Font sizes: at 1280x720, capitals of 16 and of 12 pixels. Below the first, people squint at their phones."""
LOW_CONTRAST, UNREADABLE_CONTRAST = 3.0, 1.9
"""Contrast ratios. WCAG 2 asks for 3 for large text; below 1.9 text is a shadow."""
TOUCHING_SHARE, COVERING_SHARE = 0.06, 0.18
"""Shares of the smaller text's box that another text covers."""
EDGE_TOLERANCE = 0.04
"""Units that text may reach beyond the frame."""
MAX_FINDINGS_PER_RULE_AND_LINE = 3
"""More findings of one rule for the same line would say nothing new."""
STILL_SECONDS, STILL_SHARE = 9.0, 0.75
"""A picture that stands still for this long, and for this share of its beat, is boring."""

Place = tuple[int, int | None]
"""A beat and a line of the author's code, both from 1."""


class LayoutLint:
    """Collects findings while a scene is measured."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._reported: set[tuple[str, str]] = set()
        self._alive = False

    def inspect(self, scene: Scene, beat: int, line: int | None) -> None:
        """Check the picture at the end of a play in beat `beat`, counted from 0."""
        self._alive = self._alive or depends_on_time(scene)
        if isinstance(scene.camera, ThreeDCamera):
            return
        pieces, shapes = find_text(scene.mobjects)
        view = _View(scene)
        place = (beat + 1, line)
        for piece in pieces:
            self._check_frame(piece, view, place)
            self._check_size(piece, view, place)
            self._check_contrast(piece, shapes, place)
        self._check_overlaps(pieces, place)
        for mobject in scene.mobjects:
            self._check_images(mobject, view, place)

    def find_still_beats(self, measuring: Measuring) -> list[Finding]:
        """Check, once the whole scene has been measured, for beats in which nothing moves."""
        if self._alive:
            return []
        table, found = measuring.table, []
        for index, measure in enumerate(measuring.measures):
            allotted = table.stops[index] - table.starts[index]
            still = allotted - sum(measure.runs)
            bored = still > STILL_SECONDS and still > allotted * STILL_SHARE
            if bored or (measure.plays == 0 and allotted >= 4.0):
                found.append(_nothing_moves(index + 1, still, measure.line))
        return found

    def _check_frame(self, piece: TextPiece, view: _View, place: Place) -> None:
        if view.zoomed:
            return
        left, bottom, right, top = piece.box
        beyond = {
            "left": view.left - left,
            "bottom": view.bottom - bottom,
            "right": right - view.right,
            "top": top - view.top,
        }
        side, most = max(beyond.items(), key=lambda each: each[1])
        if most > EDGE_TOLERANCE:
            too_wide = right - left > view.right - view.left
            remedy = (
                "shrink it with fit(...) or wrap it with width=" if too_wide else f"move it {most + 0.4:.1f} inwards"
            )
            message = f"{piece.name} is {most:.1f} beyond the {side} edge: {remedy}"
            self._report("out-of-frame", "error", piece.name, place, message)
        elif len(piece.text) > 4 and (bottom + top) / 2 < view.bottom + CAPTION_SHARE * (view.top - view.bottom) - 0.12:
            message = (
                f"{piece.name} is where the captions are (the lowest {CAPTION_SHARE:.0%} of the frame): move it up"
            )
            self._report("out-of-frame", "warning", piece.name, place, message)

    def _check_images(self, mobject: Any, view: _View, place: Place) -> None:
        for each in mobject.get_family():
            if not isinstance(each, ImageMobject) or view.zoomed:
                continue
            left, right = each.get_left()[0], each.get_right()[0]
            bottom, top = each.get_bottom()[1], each.get_top()[1]
            if left < view.left - 0.1 or right > view.right + 0.1 or bottom < view.bottom - 0.1 or top > view.top + 0.1:
                name = f"{type(each).__name__}({each.width:.1f} x {each.height:.1f})"
                message = f"{name} is cut off by the frame: use fit(image)"
                self._report("out-of-frame", "warning", name, place, message)

    def _check_size(self, piece: TextPiece, view: _View, place: Place) -> None:
        size = piece.size * view.magnification
        if size < SMALL_SIZE:
            message = (
                f"{piece.name} has font size {size:.0f}, which cannot be read on a phone: use 24 or more, "
                "with fewer words or less on screen at once"
            )
            self._report("text-too-small", "error" if size < TINY_SIZE else "warning", piece.name, place, message)

    def _check_contrast(self, piece: TextPiece, shapes: list[FilledShape], place: Place) -> None:
        ratio = measure_contrast(piece, shapes, to_rgb(config.background_color))
        if ratio < LOW_CONTRAST:
            message = (
                f"{piece.name} hardly stands out from its background (contrast {ratio:.1f}, at least {LOW_CONTRAST:g} "
                "is needed): use theme.text, or another theme colour on theme.background or theme.surface"
            )
            level: Level = "error" if ratio < UNREADABLE_CONTRAST else "warning"
            self._report("low-contrast", level, piece.name, place, message)

    def _check_overlaps(self, pieces: list[TextPiece], place: Place) -> None:
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
            if share > TOUCHING_SHARE:
                names = f"{pieces[one].name} and {pieces[other].name}"
                message = (
                    f"{names} overlap by {share:.0%}: remove or fade out the first before showing the second, "
                    "or arrange both with stack(...), row(...) or columns(...)"
                )
                self._report("text-overlap", "error" if share > COVERING_SHARE else "warning", names, place, message)

    def _report(self, rule: str, level: Level, name: str, place: Place, message: str) -> None:
        beat, line = place
        alike = sum(each.rule == rule and (each.beat, each.line) == place for each in self.findings)
        if (rule, name) not in self._reported and alike < MAX_FINDINGS_PER_RULE_AND_LINE:
            self._reported.add((rule, name))
            self.findings.append(Finding(rule=rule, level=level, message=message, beat=beat, line=line, object=name))


class _View:
    """The part of the scene that the camera shows, in manim units."""

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


def _nothing_moves(beat: int, seconds: float, line: int | None) -> Finding:
    return Finding(
        rule="nothing-moves",
        level="warning",
        message=(
            f"nothing moves for {seconds:.0f} s of beat {beat}: reveal things one by one, start them on words with "
            "self.at(...), or focus(...) on what is being explained"
        ),
        beat=beat,
        line=line,
    )
