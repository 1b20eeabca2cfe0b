"""Writes a result of many megabytes: the renderer must not load it."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "w").write('{"ok": true, "findings": [' + " " * (20 << 20) + "]}")
        os._exit(0)
