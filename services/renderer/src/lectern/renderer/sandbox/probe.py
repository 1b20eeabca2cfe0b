"""The decode probe: decodes every frame of footage that is not trusted yet, in a sandbox of its own."""

from __future__ import annotations

import os

import msgspec

from lectern.renderer.sandbox.job import DecodedFootage

# No playlists, no external references, and only the decoder of the codec that footage is encoded with.
_OPTIONS = {"format_whitelist": "mov,mp4", "codec_whitelist": "h264", "enable_drefs": "0", "use_absolute_path": "0"}


def decode_footage(fd: int) -> DecodedFootage:
    """Decodes the whole file. Raises av.FFmpegError or ValueError unless it is intact, plain H.264 in MP4."""
    import av

    with open(fd, "rb", closefd=False) as file, av.open(file, format="mp4", options=_OPTIONS) as container:
        streams = list(container.streams)
        videos = container.streams.video
        if len(videos) != 1 or len(streams) != 1:
            raise ValueError(
                f"{len(streams)} streams, {len(videos)} of them video; footage has exactly one video stream"
            )
        video = videos[0]
        video.codec_context.thread_count = 1
        video.codec_context.options = {"err_detect": "explode"}
        frames = 0
        size = (video.codec_context.width, video.codec_context.height)
        for frame in container.decode(video):
            if frame.is_corrupt or (frame.width, frame.height) != size:
                raise ValueError(f"frame {frames} is damaged or has another size")
            frames += 1
        return DecodedFootage(
            codec=video.codec_context.name,
            width=size[0],
            height=size[1],
            fps=float(video.average_rate or 0),
            frames=frames,
            pixel_format=video.codec_context.pix_fmt or "",
        )


def report_footage(fd: int, output: int) -> None:
    """Decodes `fd` and writes the properties found to `output` as JSON. Prints a failure and writes nothing then."""
    import av

    try:
        footage = decode_footage(fd)
    except (av.FFmpegError, ValueError, MemoryError) as error:
        print(f"{type(error).__name__}: {error}", flush=True)  # noqa: T201
        return
    os.write(output, msgspec.json.encode(footage))
