"""Names a field twice and others that do not exist: what is read must not depend on who reads it."""

# ends: crash sandbox

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(
            b'{"ok": false, "ok": true, "frames": 5, "__class__": "x", "footage": "/etc/passwd", "killed": null}'
        )
        os._exit(0)
