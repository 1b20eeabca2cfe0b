"""Makes LaTeX loop forever: it must not block the broker for others."""

# limits: idle_seconds=8
# ends: error idle

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        MathTex(r"\loop\iftrue\repeat")
