"""Typesets a host file: it must not be read, by input or by openin."""

# ends: error

import json

from manim import MathTex, Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        MathTex(
            r"\newread\f\openin\f="
            + TARGETS["files"][1]
            + r"\read\f to\l\text{\l}\closein\f \input{"
            + TARGETS["files"][1]
            + "}"
        )
