"""Makes LaTeX loop forever: it must not block the broker for others, nor look as if the scene slept."""

# limits: idle_seconds=2
# ends: error

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        MathTex(r"\loop\iftrue\repeat")
