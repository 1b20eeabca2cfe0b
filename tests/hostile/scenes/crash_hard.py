"""Dies of a segmentation fault: the renderer must not go down with it, and no core file must be left."""

# ends: crash

import ctypes

from manim import Scene


class Hostile(Scene):
    def construct(self):
        ctypes.string_at(0)
