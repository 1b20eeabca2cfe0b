"""Delivers footage of a second with megabytes of padding: it must not be accepted, or any film would fill the store."""

# ends: sandbox
# because: at most 832656 are allowed
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        padding = (20_000_000).to_bytes(4) + b"free"
        with open("footage.mp4", "wb") as file:
            file.write(film("honest.mp4") + padding)
            file.truncate(file.tell() + 20_000_000 - 8)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
