"""Delivers real footage with its later half overwritten: it must not be accepted."""

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
        film("footage.mp4", 426, 240, 5)
        data = bytearray(open("footage.mp4", "rb").read())
        start = data.index(b"mdat") + 700
        data[start : start + 400] = os.urandom(400)
        open("footage.mp4", "wb").write(data)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
