"""Writes to one file without end: it must not fill the disk."""

# ends: error output crash

from manim import Scene


class Hostile(Scene):
    def construct(self):
        with open("flood", "wb") as file:
            while True:
                file.write(b"x" * (1 << 20))
