"""Computes with numbers of millions of digits, which no signal interrupts: it must not outlast its limit."""

# ends: cpu memory error
# limits: cpu_seconds=1

import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        sys.set_int_max_str_digits(0)
        number = 7**5_000_000
        while True:
            number = number * number % (number - 3)
            str(number)
