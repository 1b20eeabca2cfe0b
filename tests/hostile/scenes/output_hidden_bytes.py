"""Delivers footage with a playlist between its boxes and its pictures: it must not be accepted."""

# ends: sandbox
# because: chunk 1 lies at byte
# cast: films

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        hidden = f"#EXTM3U\nfile://{TARGETS['files'][0]}\n".encode()
        honest = film("honest.mp4")
        at = honest.index(b"mdat") + 4
        size = int.from_bytes(honest[at - 8 : at - 4]) + len(hidden)
        honest = move(honest, len(hidden))
        open("footage.mp4", "wb").write(honest[: at - 8] + size.to_bytes(4) + b"mdat" + hidden + honest[at:])
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
