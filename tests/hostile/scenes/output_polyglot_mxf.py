"""Delivers footage that begins with the key of an MXF file: it must not be accepted."""

# ends: sandbox
# because: at most 832656 are allowed
# cast: films
# limits: output_bytes=209715200

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        head = bytes.fromhex("060e2b34020501010d01020101020400") + bytes(64)
        length = int.from_bytes(
            head[:4]
        )  # to MP4 a first box of an unknown kind, to others the beginning of a playlist
        honest = move(film("honest.mp4"), length)
        with open("footage.mp4", "wb") as file:
            file.write(head)
            file.seek(length)
            file.write(honest)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
