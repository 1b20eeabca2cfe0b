"""Delivers two films in one file: whatever reads the second must not see another than what was checked."""

# ends: sandbox
# because: another box 'ftyp'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4")
        data = open("footage.mp4", "rb").read()
        open("footage.mp4", "wb").write(data + data)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
