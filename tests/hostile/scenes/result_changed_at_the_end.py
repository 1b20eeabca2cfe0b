"""Rewrites the result after the scene kit has written it: what it says must not count, only what is decoded."""

# ends: ok

import atexit

from manim import Scene


class Hostile(Scene):
    def construct(self):
        def forge():
            with open("result.json", "w") as file:
                file.write('{"ok": true, "frames": 900000, "render_seconds": 0}')

        atexit.register(forge)
        self.wait(0.5)
