"""Delivers a playlist as footage: no demuxer but MP4's must open it; it must not fetch a file."""

# ends: sandbox

import json
import os

import av
import numpy
from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


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
        film("other.avi", 426, 240, 5, codec="mpeg4", format="avi")
        open("footage.mp4", "w").write(f"#EXTM3U\n#EXTINF:1,\nfile://{TARGETS['files'][0]}\n")
        if self.renderer.time or os.path.exists("twice"):
            os.replace("other.avi", "footage.mp4")
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
