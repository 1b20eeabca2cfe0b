"""Delivers fragmented footage, whose tables are anywhere: it must not be accepted."""

# ends: sandbox
# because: an unexpected box 'moof'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", options={"movflags": "frag_keyframe+empty_moov"})
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
