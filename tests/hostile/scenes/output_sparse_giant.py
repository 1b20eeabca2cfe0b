"""Delivers a sparse file of a claimed 20 GB: it must not be copied or accepted."""

# ends: sandbox
# because: at most 832656 are allowed

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        with open("footage.mp4", "wb") as file:
            try:
                file.truncate(20 << 30)
            except OSError as error:
                print("refused", error)
                file.truncate(32 << 20)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
