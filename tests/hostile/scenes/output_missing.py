"""Exits with success and delivers nothing: a job without a verified file must not count as done."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os._exit(0)
