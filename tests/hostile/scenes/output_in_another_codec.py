"""Delivers MPEG-4 Part 2 under an MP4's name: it must not reach a decoder that is not H.264's."""

# ends: sandbox
# because: an unexpected box 'mp4v'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", codec="mpeg4")
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
