"""Delivers boxes inside boxes, thousands deep: walking through them must not exhaust the stack."""

# ends: sandbox
# because: another box 'moov'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4")
        inner = b""
        for _ in range(5000):
            inner = (len(inner) + 8).to_bytes(4) + b"trak" + inner
        moov = (len(inner) + 8).to_bytes(4) + b"moov" + inner
        honest = open("footage.mp4", "rb").read()
        open("footage.mp4", "wb").write(honest[:32] + moov + honest[32:])
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
