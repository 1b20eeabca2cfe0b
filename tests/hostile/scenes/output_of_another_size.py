"""Delivers footage of another frame size: it must not break the joining of scenes."""

# ends: sandbox
# because: width is 64, not 426
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", width=64, height=64)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
