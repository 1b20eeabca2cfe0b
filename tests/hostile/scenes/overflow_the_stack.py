"""Recurses until the native stack ends: the renderer must not go down with it."""

# limits: wall_seconds=5
# ends: crash error memory wall

import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        sys.setrecursionlimit(10**9)
        deep = []
        for _ in range(500_000):
            deep = [deep]
        repr(deep)
