"""Never returns from native code while holding the interpreter's lock: it must not keep its slot."""

# limits: cpu_seconds=1
# ends: cpu

import re

from manim import Scene


class Hostile(Scene):
    def construct(self):
        "a" * 10 and re.match(r"(a+)+$", "a" * 64 + "b")
