"""Exits successfully without delivering anything: it must not count as done."""

# ends: crash
# because: without a usable result

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os._exit(0)
