"""Footage: one H.264 stream for a whole scene, encoded while the next frame is drawn.

All scenes of a video are encoded with the same parameters, so that they can be joined without encoding them again:
constant frame rate, no B-frames, closed groups of pictures with a key frame every second, BT.709 limited range.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from .regions import Region

Pixels = npt.NDArray[np.uint8]

MAX_QUEUED_FRAMES = 6
"""Converted frames that may wait for the encoder: 3 MB each at 1080p, enough to smooth out key frames."""

MARGIN = 16
"""Pixels around a region that are converted with it and discarded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """The encoder's settings. `width` and `height` are in pixels; `threads` should match the available CPUs.

    `crf` 20 is visually lossless for drawings. With the preset "ultrafast" it is a constant quantizer: without
    lookahead, rate control only costs time (a third of the encoder's at 1080p, measured), and quality is the same in
    every scene.
    """

    width: int
    height: int
    fps: int
    preset: str = "ultrafast"
    crf: int = 20
    threads: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """A converted part of a picture, which may be larger than the region. `origin` is the place of its first pixel."""

    frame: Any
    region: Region
    origin: tuple[int, int]


class FootageWriter:
    """Writes frames to `path`: `write` each picture, then `finish`.

    When the encoder fails, the next call raises RuntimeError. `conversion_seconds` is the CPU time that pictures took
    to become the encoder's, `encoding_seconds` that of the encoder, known when it is finished.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.path = path
        self.encoding = encoding
        self.frames_written = 0
        self.conversion_seconds = self.encoding_seconds = 0.0
        self._part = path.with_name(path.name + ".part")
        self._reformatter = VideoReformatter()
        self._queue: Queue[tuple[tuple[Patch, ...], int] | None] = Queue(maxsize=MAX_QUEUED_FRAMES)
        self._failure: BaseException | None = None
        self._closed = False
        self._thread = Thread(target=self._encode_all, name="footage-encoder", daemon=True)
        self._thread.start()

    def write(self, pixels: Pixels, count: int = 1, changed: Sequence[Region] | None = None) -> None:
        """Write `pixels`, an array (height, width, RGBA), as `count` frames. It may be reused on return.

        Alpha is ignored. `changed` are the regions that differ from the previous picture: None means all of it may
        differ; an empty list repeats the previous picture without reading `pixels`.
        """
        self._raise_failure()
        if count <= 0:
            return
        if changed is None or self.frames_written == 0:
            changed = [(0, 0, self.encoding.width, self.encoding.height)]
        started = time.thread_time()
        patches = tuple(self._convert(pixels, region) for region in changed)
        self.conversion_seconds += time.thread_time() - started
        self._queue.put((patches, count))
        self.frames_written += count

    def finish(self) -> None:
        """Wait for the encoder and move the finished file into place atomically."""
        self._close()
        self._raise_failure()
        self._part.replace(self.path)

    def abort(self) -> None:
        """Stop the encoder and leave no file."""
        self._failure = self._failure or RuntimeError("footage was aborted")
        self._close()
        self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise RuntimeError(f"cannot encode {self.path.name}: {self._failure}") from self._failure

    def _convert(self, pixels: Pixels, region: Region) -> Patch:
        """Convert the region's pixels to YUV, with a margin, because colour is averaged with neighbouring pixels."""
        left, top, right, bottom = region
        x, y = max(0, left - MARGIN), max(0, top - MARGIN)
        part = pixels[y : bottom + MARGIN, x : right + MARGIN]
        frame = av.VideoFrame.from_numpy_buffer(part, format="rgba")
        converted = self._reformatter.reformat(
            frame,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        return Patch(frame=converted, region=region, origin=(x, y))

    def _encode_all(self) -> None:
        try:
            with av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                stream = self._add_stream(container)
                picture: Any = None
                frame = 0
                while (item := self._queue.get()) is not None:
                    patches, count = item
                    picture = _apply_patches(picture, patches, self.encoding)
                    for _ in range(count):
                        picture.pts = frame
                        frame += 1
                        container.mux(stream.encode(picture))
                container.mux(stream.encode(None))
        except BaseException as failure:
            self._failure = self._failure or failure
            self._drain()
        finally:
            self.encoding_seconds = time.thread_time()  # this thread does nothing else

    def _drain(self) -> None:
        while not self._closed or not self._queue.empty():
            if self._queue.get() is None:
                return

    def _add_stream(self, container: Any) -> Any:
        encoding = self.encoding
        key_frames = f"keyint={encoding.fps}:min-keyint={encoding.fps}:scenecut=0:open-gop=0:bframes=0"
        quality = "qp" if encoding.preset == "ultrafast" else "crf"
        options = {"preset": encoding.preset, quality: str(encoding.crf), "x264-params": key_frames}
        stream = container.add_stream("libx264", rate=encoding.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = encoding.width, encoding.height, "yuv420p"
        stream.time_base = Fraction(1, encoding.fps)
        context = stream.codec_context
        context.thread_count = encoding.threads
        context.gop_size = encoding.fps
        context.time_base = Fraction(1, encoding.fps)
        context.colorspace = 1  # AVCOL_SPC_BT709
        context.color_primaries = int(ColorPrimaries.BT709)
        context.color_trc = int(ColorTrc.BT709)
        context.color_range = int(ColorRange.MPEG)
        return stream


def _apply_patches(picture: Any, patches: Sequence[Patch], encoding: Encoding) -> Any:
    """Apply the patches to the picture in place, which is safe: x264 has copied it when `encode` returns."""
    for patch in patches:
        if patch.region == (0, 0, encoding.width, encoding.height):
            picture = patch.frame
            continue
        left, top, right, bottom = patch.region
        x, y = patch.origin
        for index, share in enumerate((1, 2, 2)):
            target, source = _plane(picture, index), _plane(patch.frame, index)
            target[top // share : bottom // share, left // share : right // share] = source[
                (top - y) // share : (bottom - y) // share, (left - x) // share : (right - x) // share
            ]
    return picture


def _plane(frame: Any, index: int) -> Pixels:
    plane = frame.planes[index]
    return np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size)
