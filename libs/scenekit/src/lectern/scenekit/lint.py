"""The layout lint: looks at the scene after each play of the measuring pass. Nothing is drawn."""

from __future__ import annotations

from manim import Scene

from .director import Measuring
from .findings import Finding


class Lint:
    """Collects findings while a scene is measured."""

    def __init__(self, *, light: bool = False) -> None:
        self.findings: list[Finding] = []

    def played(self, scene: Scene, beat: int, line: int | None, *, wait: bool) -> None:
        """Looks at the picture at the end of a play."""

    def after(self, measuring: Measuring) -> list[Finding]:
        """What can be said only when the whole scene has been measured."""
        return []
