"""Writes a result nested a million deep: parsing it must not crash the renderer; it must not pass."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "w").write('{"ok": true, "error": ' + "[" * 1_000_000)
        os._exit(0)
