"""Claims to be done again and again, each time with another total: it must not flood whoever follows the video."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for number in range(20_000):
            frames = number % 7 + 1
            os.write(3, b'{"frames": %d, "of": %d}\n' % (frames, frames))
        self.wait(0.1)
