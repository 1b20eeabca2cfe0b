"""Aborts the process: it must not take the renderer down."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os.abort()
