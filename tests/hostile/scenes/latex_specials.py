"""Puts PostScript, raw SVG and links into a formula's specials: they must not run, or show a host file."""

# ends: ok error

import json

from manim import MathTex, Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for special in (
            r"\special{ps: (/etc/passwd) run}",
            r"\special{ps: plotfile /etc/passwd}",
            r"\special{dvisvgm:raw <image href='file://" + TARGETS["files"][0] + r"'/>}",
            r"\special{em:graph " + TARGETS["files"][0] + "}",
            r"\special{html:<a href='file:///etc/passwd'>}",
            r"\special{pdf: content (x)}",
        ):
            try:
                print(MathTex("x" + special))
            except Exception as error:
                print("refused", str(error)[:200])
        self.wait(0.1)
