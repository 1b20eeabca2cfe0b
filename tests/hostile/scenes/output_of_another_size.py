"""Delivers footage of another frame size: it must not break the joining of scenes."""

# ends: sandbox

import os

import av
import numpy
from manim import Scene


def film(path, width, height, frames, codec="libx264", format="mp4"):
    with av.open(path, "w", format=format) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            picture = av.VideoFrame.from_ndarray(numpy.zeros((height, width, 3), numpy.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


class Hostile(Scene):
    def construct(self):
        film("footage.mp4", 64, 64, 5)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
