"""Exits with a status that a sandbox might use itself: it must not count as done, stop the pool or be blamed on it."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os._exit(97)
