"""Delivers a folder as footage: the renderer must not follow, open or wait for it."""

# ends: sandbox
# because: not a regular file

import contextlib
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for name in ("footage.mp4", "result.json"):
            with contextlib.suppress(OSError):
                os.unlink(name)
        try:
            os.mkdir("footage.mp4")
        except OSError as error:
            print("refused", error)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
