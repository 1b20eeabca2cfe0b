"""Overwrites memory it shares with the zygote: pages are copied, so the next job must not be affected."""

# limits: idle_seconds=2
# ends: crash memory error ok idle cpu

import ctypes

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for value in (0, 1, 2):
            ctypes.memset(id(value) + 24, 0x41, 4)
        self.wait(0.1)
