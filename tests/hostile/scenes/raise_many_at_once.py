"""Raises groups of errors nested in groups: telling of them must not exhaust the stack or the log."""

# ends: error crash memory cpu
# limits: cpu_seconds=4

from manim import Scene


class Hostile(Scene):
    def construct(self):
        error = ValueError("x" * 1_000_000)
        for _ in range(300):
            error = ExceptionGroup("group " * 100, [error, ValueError("y" * 10_000)])
        raise error
