"""Runs a shell command through LaTeX: it must not run or leave a file."""

# ends: error ok

import json

from manim import MathTex, Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        MathTex(r"\immediate\write18{touch " + TARGETS["open"] + "/latex-was-here}x")
        self.wait(0.1)
