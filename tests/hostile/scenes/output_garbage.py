"""Delivers random bytes under an MP4's name and magic: they must not be decoded outside a sandbox, or accepted."""

# ends: sandbox
# because: does not end where the file does

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("footage.mp4", "wb").write(b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + os.urandom(200_000))
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
