"""Begins to ask for a formula and sleeps: waiting for an answer to half a question must not hold a slot."""

# ends: idle
# limits: idle_seconds=3

import os
import time

from manim import Scene

REQUESTS = 6  # the pipe to the TeX broker


class Hostile(Scene):
    def construct(self):
        os.write(REQUESTS, b"\x10")
        time.sleep(1000)
