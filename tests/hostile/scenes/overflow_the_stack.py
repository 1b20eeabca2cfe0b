"""Recurses until the native stack overflows: it must not take the renderer down."""

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
