"""Has LaTeX compute one formula after the other: what others compute for a scene must not be without end either."""

# ends: cpu error
# limits: formula_seconds=4

from manim import MathTex, Scene

COUNT = r"\count255=%d \loop\advance\count255 by 1 \ifnum\count255<4000000\repeat x"


class Hostile(Scene):
    def construct(self):
        for number in range(30):
            try:
                MathTex(COUNT % number)
            except RuntimeError as error:  # not installed, or too slow here
                if "not installed" in str(error):
                    raise
