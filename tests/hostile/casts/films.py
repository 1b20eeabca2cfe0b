"""What hostile scenes make their footage with: films as our own writer makes them, but for what is asked."""

import av
import numpy


def film(path, width=426, height=240, frames=5, codec="libx264", options=None, sound=False, step=1):
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"} | (options or {})) as container:
        encoding = (
            {"preset": "ultrafast", "x264-params": "keyint=10:scenecut=0:bframes=0"} if codec == "libx264" else {}
        )
        stream = container.add_stream(codec, rate=10, options=encoding)
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
    return open(path, "rb").read()


def move(film, by):
    """Returns the film with its pictures expected `by` bytes later."""
    at = film.index(b"stco") + 12
    return film[:at] + (int.from_bytes(film[at : at + 4]) + by).to_bytes(4) + film[at + 4 :]
