"""Writes a file through LaTeX: it must not appear outside."""

# ends: error ok

import json

from manim import MathTex, Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        MathTex(
            r"\newwrite\f\immediate\openout\f="
            + TARGETS["open"]
            + r"/latex.txt\immediate\write\f{x}\immediate\closeout\f x"
        )
        self.wait(0.1)
