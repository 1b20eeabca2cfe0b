"""Reports that it computed nothing, after computing: what it is charged must not be what it says."""

# ends: sandbox crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(b'{"ok": true, "frames": 5, "cpu_seconds": -1e9}')
        os._exit(0)
