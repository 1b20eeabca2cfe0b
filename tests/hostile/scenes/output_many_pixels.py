"""Delivers footage with a gigantic frame: decoding must not exhaust the machine's memory."""

# ends: sandbox
# because: width is 8192, not 426
# cast: films
# limits: memory_bytes=3221225472 cpu_seconds=20

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", width=8192, height=4320, frames=2)
        open("result.json", "w").write('{"ok": true, "frames": 2}')
        os._exit(0)
