"""Delivers footage that is an HLS playlist to other readers: it must not be accepted, nor the file that it names be shown."""

# ends: sandbox
# limits: output_bytes=629145600

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
        head = f"#EXTM3U\n#EXTINF:1,\nfile://{TARGETS['files'][0]}\n#EXT-X-ENDLIST\n".encode()
        length = int.from_bytes(
            head[:4]
        )  # to MP4 a first box of an unknown kind, to others the beginning of a playlist
        honest = move(film("honest.mp4", 426, 240, 5), length)
        with open("footage.mp4", "wb") as file:
            file.write(head)
            file.seek(length)
            file.write(honest)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
