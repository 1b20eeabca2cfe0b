"""Computes forever: it must not keep its core."""

# limits: cpu_seconds=1 wall_seconds=6
# ends: cpu wall

from manim import Scene


class Hostile(Scene):
    def construct(self):
        while True:
            pass
