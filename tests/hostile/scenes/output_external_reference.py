"""Delivers footage with a second data reference, to a file of the host: it must not be accepted."""

# ends: sandbox

import json
import os

import av
import numpy
from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


def film(path, width, height, frames):
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        options = {"preset": "ultrafast", "x264-params": "keyint=10:scenecut=0:bframes=0"}
        stream = container.add_stream("libx264", rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            picture = av.VideoFrame.from_ndarray(numpy.zeros((height, width, 3), numpy.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return open(path, "rb").read()


def move(film, by):
    """Returns the film with its pictures expected `by` bytes later."""
    at = film.index(b"stco") + 12
    return film[:at] + (int.from_bytes(film[at : at + 4]) + by).to_bytes(4) + film[at + 4 :]


class Hostile(Scene):
    def construct(self):
        honest = film("honest.mp4", 426, 240, 5)
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
