"""Sleeps, and computes a little now and then, so as never to seem asleep: it must not keep its slot by that."""

# ends: idle
# limits: idle_seconds=2

import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        while True:
            time.sleep(0.4)
            sum(range(10_000))
