"""Exits with the status the sandbox itself uses: it must not count as done or stop the pool."""

# ends: sandbox

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os._exit(97)
