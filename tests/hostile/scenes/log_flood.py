"""Prints without end: it must not fill a log or the supervisor's memory."""

# ends: log

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        while True:
            os.write(1, b"x" * 65536)
