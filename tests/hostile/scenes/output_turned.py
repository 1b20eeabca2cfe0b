"""Delivers footage with a turned and mirrored picture: it must not stand on its head in the film."""

# ends: sandbox
# because: the box 'tkhd' is not as our encoder writes it
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4")
        data = bytearray(open("footage.mp4", "rb").read())
        at = data.index(b"tkhd") + 4 + 40
        data[at : at + 36] = bytes.fromhex("ffff0000000000000000000000000000ffff000000000000000000000000000040000000")
        open("footage.mp4", "wb").write(data)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
