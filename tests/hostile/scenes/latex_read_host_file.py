"""Typesets a host file into the picture: it must not be read, neither by input, openin nor as a listing."""

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
