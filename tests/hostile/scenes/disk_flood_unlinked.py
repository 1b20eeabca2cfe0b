"""Writes to files it has already deleted: hidden bytes must not fill the disk."""

# ends: output error

import os
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        hidden = []
        while True:
            hidden.append(open("flood", "wb"))
            os.unlink("flood")
            for _ in range(16):
                hidden[-1].write(b"x" * (1 << 20))
                hidden[-1].flush()
            time.sleep(0.02)
