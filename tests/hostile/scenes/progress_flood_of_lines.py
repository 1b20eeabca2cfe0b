"""Writes lines without words, of which each byte is one: it must not keep the supervisor at work for its neighbours."""

# ends: log

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        while True:
            os.write(3, b"\n" * 65536)
