"""Delivers footage whose tables claim billions of entries: reading them must not take memory or time."""

# ends: sandbox

import os

import av
import numpy
from manim import Scene


def film(path, width=426, height=240, frames=5, codec="libx264", options=None, sound=False, step=1):
    with av.open(path, "w", format="mp4", options=options or {}) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        voice = container.add_stream("aac", rate=44100) if sound else None
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(numpy.zeros((height, width, 3), numpy.uint8), format="rgb24")
            picture.pts = number * step
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
        if voice:
            noise = av.AudioFrame.from_ndarray(numpy.zeros((1, 1024), numpy.float32), format="fltp", layout="mono")
            noise.sample_rate = 44100
            container.mux(voice.encode(noise))
            container.mux(voice.encode(None))


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
