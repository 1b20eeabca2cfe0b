"""Delivers frames that are not one frame apart: sound and picture must not drift apart."""

# ends: sandbox
# because: fps is
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", step=3)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
