"""Allocates until something breaks: it must not exceed its limit or harm a neighbour."""

# ends: memory

from manim import Scene


class Hostile(Scene):
    def construct(self):
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
