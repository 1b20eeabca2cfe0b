"""Delivers real footage with its last pictures overwritten: it must not be accepted."""

# ends: sandbox
# because: InvalidDataError
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        data = bytearray(film("footage.mp4"))
        data[-200:] = bytes(range(200))
        open("footage.mp4", "wb").write(data)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
