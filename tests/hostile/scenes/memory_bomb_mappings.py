"""Maps and touches shared anonymous memory: it must not exceed its limit this way either."""

# ends: error memory crash

import mmap

from manim import Scene


class Hostile(Scene):
    def construct(self):
        hoard = []
        while True:
            hoard.append(mmap.mmap(-1, 64 << 20))
            hoard[-1].write(b"x" * (64 << 20))
