"""Computes forever: it must not keep its core."""

# limits: cpu_seconds=1
# ends: cpu

from manim import Scene


class Hostile(Scene):
    def construct(self):
        while True:
            pass
