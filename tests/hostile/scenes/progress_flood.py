"""Writes endless progress without a line break: it must not fill the supervisor's memory or stall it."""

# ends: log

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for _ in range(3000):
            os.write(3, b"x" * 65536)
        self.wait(0.1)
