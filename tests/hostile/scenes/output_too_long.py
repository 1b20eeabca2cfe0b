"""Delivers more frames than ordered: footage and sound must not drift apart."""

# ends: sandbox
# because: frames is 50, not 5
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", frames=50)
        open("result.json", "w").write('{"ok": true, "frames": 50}')
        os._exit(0)
