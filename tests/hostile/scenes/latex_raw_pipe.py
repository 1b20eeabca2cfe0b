"""Writes garbage and absurd lengths to the broker's pipes: it must not crash, stall or fill the broker."""

# ends: ok error

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for fd in (4, 5, 6):
            for text in (b"\xff" * 4096, b"\0" * 4096):
                try:
                    os.set_blocking(fd, False)
                    os.write(fd, text)
                except OSError as error:
                    print("refused", error)
        self.wait(0.1)
