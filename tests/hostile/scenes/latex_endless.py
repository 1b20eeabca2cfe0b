"""Has LaTeX loop for ever: it must not keep the broker from anyone."""

# limits: wall_seconds=8
# ends: error wall

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        MathTex(r"\loop\iftrue\repeat")
