"""The decode probe: reads every frame of a file nobody trusts yet, inside a sandbox of its own."""

from __future__ import annotations

import os

import msgspec

from lectern.renderer.sandbox.job import Footage

# No playlist, no external reference, no other decoder than the one footage is made with.
_OPTIONS = {"format_whitelist": "mov,mp4", "codec_whitelist": "h264", "enable_drefs": "0", "use_absolute_path": "0"}


def decode(fd: int) -> Footage:
    """Decodes the whole file. Raises av.FFmpegError or ValueError for one that is not whole and plain H.264 in MP4."""
    import av

    with open(fd, "rb", closefd=False) as file, av.open(file, format="mp4", options=_OPTIONS) as container:
        streams = list(container.streams)
        videos = container.streams.video
        if len(videos) != 1 or len(streams) != 1:
            raise ValueError(f"{len(videos)} video streams of {len(streams)}; footage has one and nothing else")
        video = videos[0]
        video.codec_context.thread_count = 1
        video.codec_context.options = {"err_detect": "explode"}
        frames = 0
        size = (video.codec_context.width, video.codec_context.height)
        for frame in container.decode(video):
            if frame.is_corrupt or (frame.width, frame.height) != size:
                raise ValueError(f"frame {frames} is damaged or of another size")
            frames += 1
        return Footage(
            codec=video.codec_context.name,
            width=size[0],
            height=size[1],
            fps=float(video.average_rate or 0),
            frames=frames,
            pixel_format=video.codec_context.pix_fmt or "",
        )


def report(fd: int, output: int) -> None:
    """Decodes `fd` and writes the Footage as JSON to `output`; whatever goes wrong is printed and nothing written."""
    import av

    try:
        found = decode(fd)
    except (av.FFmpegError, ValueError, MemoryError) as error:
        print(f"{type(error).__name__}: {error}", flush=True)  # noqa: T201
        return
    os.write(output, msgspec.json.encode(found))
