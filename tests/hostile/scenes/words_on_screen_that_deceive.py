"""Writes escapes, markup and text that runs backwards on the screen, where the check quotes it: they must not have their effects there."""

# ends: ok error

from manim import Scene, Text


class Hostile(Scene):
    def construct(self):
        hostile = "\x1b[2J<script>alert(1)</script>\u202eevil\u2066\x07"
        for place in range(3):
            self.add(Text(hostile, font_size=90).shift([place / 10, 0, 0]))
        self.wait(0.3)
