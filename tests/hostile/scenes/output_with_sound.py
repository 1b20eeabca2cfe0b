"""Delivers footage with a track of sound: it must not be accepted, as the narration is the only sound."""

# ends: sandbox
# because: there are two boxes 'trak'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", sound=True)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
