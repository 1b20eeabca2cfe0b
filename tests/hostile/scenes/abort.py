"""Aborts the process: the renderer must not go down with it."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os.abort()
