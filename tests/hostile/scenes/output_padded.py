"""Delivers footage of a second with megabytes of padding: it must not be accepted, or any film would fill the store."""

# ends: sandbox

import os

import av
import numpy
from manim import Scene


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


class Hostile(Scene):
    def construct(self):
        padding = (20_000_000).to_bytes(4) + b"free"
        with open("footage.mp4", "wb") as file:
            file.write(film("honest.mp4", 426, 240, 5) + padding)
            file.truncate(file.tell() + 20_000_000 - 8)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
