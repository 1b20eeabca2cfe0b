"""Nests folders hundreds deep, one without any permission: it must not prevent the folder from being wiped."""

# ends: ok error output crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for depth in range(350):
            os.mkdir("deeper-and-deeper-and-deeper", 0o700)
            os.chdir("deeper-and-deeper-and-deeper")
        os.mkdir("closed", 0)
        self.wait(0.1)
