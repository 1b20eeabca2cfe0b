"""Forges a result without footage: the renderer must not believe it."""

# ends: sandbox
# because: No such file

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
