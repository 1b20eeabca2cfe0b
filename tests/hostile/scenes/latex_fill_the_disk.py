"""Makes LaTeX write without end, into many files: it must not fill the disk, and not stay."""

# ends: error

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        MathTex(
            r"\newcount\n\newwrite\f\loop\advance\n1\immediate\openout\f=x\the\n.txt"
            r"\immediate\write\f{" + "x" * 4000 + r"}\immediate\closeout\f\iftrue\repeat"
        )
