"""Allocates an absurdly large image: numpy must refuse, and the machine must not swap."""

# ends: error memory

import numpy
from manim import Scene


class Hostile(Scene):
    def construct(self):
        numpy.ones((200_000, 200_000, 4), numpy.uint8)
