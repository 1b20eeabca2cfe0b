"""Delivers footage with a playlist between its boxes and its pictures: it must not be accepted."""

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
        hidden = f"#EXTM3U\nfile://{TARGETS['files'][0]}\n".encode()
        honest = film("honest.mp4", 426, 240, 5)
        at = honest.index(b"mdat") + 4
        size = int.from_bytes(honest[at - 8 : at - 4]) + len(hidden)
        honest = move(honest, len(hidden))
        open("footage.mp4", "wb").write(honest[: at - 8] + size.to_bytes(4) + b"mdat" + hidden + honest[at:])
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
