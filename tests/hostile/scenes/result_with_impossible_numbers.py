"""Reports frames and seconds that are negative, infinite or absurdly large: it must not be believed."""

# ends: crash

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(b'{"ok": true, "frames": -5, "cpu_seconds": 1e308, "render_seconds": -1e400}')
        os._exit(0)
