"""Delivers footage whose tables claim billions of entries: reading them must not take memory or time."""

# ends: sandbox
# because: has another length than it says
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4")
        data = bytearray(open("footage.mp4", "rb").read())
        for table in (b"stsz", b"stts", b"stsc", b"stco", b"stss"):
            at = data.find(table)
            if at > 0:
                data[at + 8 : at + 12] = b"\xff\xff\xff\xf0"
        open("footage.mp4", "wb").write(data)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
