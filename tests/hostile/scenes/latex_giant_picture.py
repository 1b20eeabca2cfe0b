"""Has LaTeX set a million letters and rules as wide as a mountain: the picture must not fill memory or disk."""

# ends: ok error cpu memory idle
# limits: formula_seconds=8 cpu_seconds=6

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        for code in (
            r"\rule{16000pt}{16000pt}",
            r"\newcount\n\n=0\loop a\advance\n by1\ifnum\n<300000\repeat",
            "".join("x" for _ in range(50_000)),
        ):
            try:
                MathTex(code)
            except Exception as error:
                print("refused", str(error)[:100])
        self.wait(0.1)
