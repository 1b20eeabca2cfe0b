"""Allocates until something breaks: it must not get past its limit or hurt a neighbour."""

# ends: memory

from manim import Scene


class Hostile(Scene):
    def construct(self):
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
