"""The check of a scene: runs the rules while the scene is measured, and keeps each finding once.

The pictures of three-dimensional scenes are not checked: what covers what depends on their camera.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from manim import Mobject, Scene, ThreeDCamera

from lectern.scenekit.director import Measuring
from lectern.scenekit.findings import Finding
from lectern.scenekit.timing import BeatPlan

from .contrast_rules import ContrastCheck
from .film import lay_out_spans
from .film_rules import Sight, check_film
from .label_rules import LabelCheck
from .line_rules import check_lines
from .motion_rules import check_animations
from .picture import Picture, see_picture
from .rules import Fault
from .text_anew import describe_text, listen_for_text
from .text_rules import check_distances, check_frame, check_overlaps, check_size

PICTURE_RULES = (check_frame, check_size, check_overlaps, check_distances, check_lines)
"""The rules that need nothing but the picture."""
MAX_FINDINGS_PER_RULE_AND_LINE = 3
"""More findings of one rule for the same line would say nothing new."""


class SceneCheck:
    """Collects findings while a scene is measured; `finish` adds those that need the times of the film."""

    def __init__(self, measuring: Measuring) -> None:
        self.measuring = measuring
        self.findings: list[Finding] = []
        self._steps: list[int] = []
        self._reported: set[tuple[str, str]] = set()
        self._sights: dict[int, Sight] = {}
        self._contrast = ContrastCheck()
        self._labels = LabelCheck()
        self._shown: tuple[int, ...] = ()

    def begin_play(self, scene: Scene) -> None:
        """Check the animations of a play that has just begun."""
        for fault in check_animations(scene.animations or []):
            self._report(fault, step=self.measuring.plays + 1)

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Listen for text that is set while the updaters run once more at the end of a play."""
        heard: dict[int | None, str] = {}
        with listen_for_text(self.measuring.author_line, heard):
            yield
        for line, name in heard.items():
            self._report(describe_text(name), step=self.measuring.plays + 1, line=line)

    def hear(self, fault: Fault) -> None:
        """Take what the kit remarks about a thing that is being built."""
        self._report(fault, step=self.measuring.plays + 1)

    def inspect(self, scene: Scene) -> None:
        """Check the picture at the end of a play."""
        self._shown = tuple(map(id, scene.mobjects))
        if isinstance(scene.camera, ThreeDCamera):
            return
        step = self.measuring.plays
        picture = see_picture(scene, _find_names(self.measuring.source, scene))
        self._sights[step] = Sight(empty=picture.empty, body=picture.measure_body())
        hidden = {id(piece) for piece in picture.pieces if self._contrast.is_hidden(picture, piece)}
        if hidden:
            picture = replace(picture, pieces=[each for each in picture.pieces if id(each) not in hidden])
        for fault in self._run_rules(picture):
            self._report(fault, step=step)

    def inspect_hold(self, scene: Scene) -> None:
        """Check the picture at the start of a hold, if things were added or removed since the last one."""
        if tuple(map(id, scene.mobjects)) != self._shown:
            self.inspect(scene)

    def finish(self, plans: list[BeatPlan]) -> None:
        """Give each finding its time in the film, and check the film as a whole."""
        spans = lay_out_spans(self.measuring, plans)
        ends: dict[int, float] = {}
        for span in spans:
            ends[span.step] = span.stop if span.moving else ends.get(span.step, span.start)
        self.findings = [
            replace(finding, time=round(ends.get(step, 0.0), 2))
            for finding, step in zip(self.findings, self._steps, strict=True)
        ]
        for stretch in check_film(spans, self._sights, self.measuring):
            self.findings.append(
                Finding(
                    rule=stretch.fault.rule.name,
                    level=stretch.fault.level,
                    message=stretch.fault.message,
                    beat=stretch.beat,
                    line=self.measuring.line_of(stretch.step),
                    time=round(stretch.start, 2),
                )
            )

    def _run_rules(self, picture: Picture) -> Iterator[Fault]:
        for check in PICTURE_RULES:
            yield from check(picture)
        yield from self._contrast.check(picture)
        yield from self._labels.check(picture)

    def _report(self, fault: Fault, *, step: int, line: int | None = None) -> None:
        rule, beat = fault.rule.name, self.measuring.beat + 1
        line = self.measuring.author_line() if line is None else line
        alike = sum(each.rule == rule and (each.beat, each.line) == (beat, line) for each in self.findings)
        if (rule, fault.name) not in self._reported and alike < MAX_FINDINGS_PER_RULE_AND_LINE:
            self._reported.add((rule, fault.name))
            self._steps.append(step)
            self.findings.append(
                Finding(
                    rule=rule, level=fault.level, message=fault.message, beat=beat, line=line, object=fault.name or None
                )
            )


def _find_names(source: str, scene: Scene) -> Mapping[int, str]:
    """Return the author's variables by the `id` of the things they hold."""
    names: dict[int, str] = {}
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == source:
            for name, value in frame.f_locals.items():
                if isinstance(value, Mobject):
                    names.setdefault(id(value), name)
        frame = frame.f_back  # type: ignore[assignment]
    for name, value in vars(scene).items():
        if isinstance(value, Mobject):
            names.setdefault(id(value), name)
    return names
