"""Has LaTeX include pictures, listings and fonts by host paths: it must not be shown one."""

# ends: ok error

import json

from manim import MathTex, Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        path = TARGETS["files"][0]
        for code in (
            r"\includegraphics{" + path + "}",
            r"\verbatiminput{" + path + "}",
            r"\lstinputlisting{" + path + "}",
            r"\font\x=" + path + r" \x a",
            r"\InputIfFileExists{" + path + "}{}{}",
            r"\input{|cat " + path + "}",
            r"\openin5=~/.bashrc \read5 to\x \x",
            r"\input{$HOME/.bashrc}",
        ):
            try:
                print(MathTex(code))
            except Exception as error:
                print("refused", str(error)[:200].replace(TARGETS["home"], ""))
        self.wait(0.1)
