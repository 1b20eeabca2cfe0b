"""Matches an expression that takes for ever inside the interpreter: it must not outlast its limit of computing."""

# ends: cpu
# limits: cpu_seconds=1

import re

from manim import Scene


class Hostile(Scene):
    def construct(self):
        re.match(r"(x+x+)+y", "x" * 60)
