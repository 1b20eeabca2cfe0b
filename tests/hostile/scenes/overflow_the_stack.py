"""Recurses until the native stack overflows: it must not take the renderer down."""

# limits: cpu_seconds=5
# ends: crash error memory cpu

import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        sys.setrecursionlimit(10**9)
        deep = []
        for _ in range(500_000):
            deep = [deep]
        repr(deep)
