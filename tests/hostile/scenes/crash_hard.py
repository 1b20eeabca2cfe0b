"""Crashes with a segmentation fault: it must not take the renderer down or leave a core file."""

# ends: crash

import ctypes

from manim import Scene


class Hostile(Scene):
    def construct(self):
        ctypes.string_at(0)
