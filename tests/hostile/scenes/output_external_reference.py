"""Delivers footage with a second data reference, to a file of the host: it must not be accepted."""

# ends: sandbox
# because: the box 'dref' is not as our encoder writes it
# cast: films

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        honest = film("honest.mp4")
        own = b"\0\0\0\x0curl \0\0\0\x01"
        other = b"url \0\0\0\0file://" + TARGETS["files"][0].encode() + b"\0"
        other = (len(other) + 4).to_bytes(4) + other
        edited = bytearray(move(honest, len(other)))
        for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
            at = honest.index(kind) - 4
            edited[at : at + 4] = (int.from_bytes(edited[at : at + 4]) + len(other)).to_bytes(4)
        at = honest.index(own)
        edited[at - 4 : at] = (2).to_bytes(4)
        edited[at + len(own) : at + len(own)] = other
        open("footage.mp4", "wb").write(edited)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
