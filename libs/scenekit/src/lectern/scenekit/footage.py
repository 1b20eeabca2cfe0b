"""Footage: one H.264 stream for a whole scene, encoded while the next frame is drawn.

Every scene of a video is encoded with the same parameters, so that scenes are joined without encoding them again:
constant frame rate, no B-frames, a closed group of pictures with a key frame every second, BT.709 limited range.
"""

from __future__ import annotations

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

QUEUED_FRAMES = 6
"""Converted frames that may wait for the encoder: 3 MB each at 1080p, enough to smooth out key frames."""

MARGIN = 16
"""Pixels around a region that are converted with it and thrown away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """How frames become H.264. `crf` 20 is visually lossless for drawings; `threads` must match the CPUs given.

    The preset "ultrafast" takes `crf` as a constant quantizer: without lookahead, rate control only costs time (a
    third of the encoder's at 1080p, measured), and quality is the same in every scene.
    """

    width: int
    height: int
    fps: int
    preset: str = "ultrafast"
    crf: int = 20
    threads: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """A converted part of a picture. `origin` is where its first pixel belongs: it may be larger than the region."""

    frame: Any
    region: Region
    origin: tuple[int, int]


class Footage:
    """Writes frames to `path`: `show` each picture, then `finish`.

    Raises RuntimeError from the next call when the encoder has failed.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.path = path
        self.encoding = encoding
        self.frames = 0
        self._part = path.with_name(path.name + ".part")
        self._reformatter = VideoReformatter()
        self._queue: Queue[tuple[tuple[Patch, ...], int] | None] = Queue(maxsize=QUEUED_FRAMES)
        self._failure: BaseException | None = None
        self._closed = False
        self._thread = Thread(target=self._encode_all, name="footage-encoder", daemon=True)
        self._thread.start()

    def show(self, pixels: Pixels, count: int = 1, changed: Sequence[Region] | None = None) -> None:
        """`pixels` (height, width, RGBA; alpha is ignored) for `count` frames. The array may be reused on return.

        `changed` are the regions in which it differs from the picture before; None means all of it may differ, and no
        regions that the picture before is shown again without looking at `pixels`.
        """
        self._raise_failure()
        if count <= 0:
            return
        if changed is None or self.frames == 0:
            changed = [(0, 0, self.encoding.width, self.encoding.height)]
        self._queue.put((tuple(self._patch(pixels, region) for region in changed), count))
        self.frames += count

    def finish(self) -> None:
        """Waits for the encoder and puts the finished file in place, at once."""
        self._close()
        self._raise_failure()
        self._part.replace(self.path)

    def abort(self) -> None:
        """Stops the encoder and leaves no file."""
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

    def _patch(self, pixels: Pixels, region: Region) -> Patch:
        """The region's pixels as YUV, with a margin: colour is averaged with the neighbours."""
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
                stream = self._stream(container)
                picture: Any = None
                number = 0
                while (item := self._queue.get()) is not None:
                    patches, count = item
                    picture = _patched(picture, patches, self.encoding)
                    for _ in range(count):
                        picture.pts = number
                        number += 1
                        container.mux(stream.encode(picture))
                container.mux(stream.encode(None))
        except BaseException as failure:
            self._failure = self._failure or failure
            self._drain()

    def _drain(self) -> None:
        while not self._closed or not self._queue.empty():
            if self._queue.get() is None:
                return

    def _stream(self, container: Any) -> Any:
        wanted = self.encoding
        every_second = f"keyint={wanted.fps}:min-keyint={wanted.fps}:scenecut=0:open-gop=0:bframes=0"
        quality = "qp" if wanted.preset == "ultrafast" else "crf"
        options = {"preset": wanted.preset, quality: str(wanted.crf), "x264-params": every_second}
        stream = container.add_stream("libx264", rate=wanted.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = wanted.width, wanted.height, "yuv420p"
        stream.time_base = Fraction(1, wanted.fps)
        context = stream.codec_context
        context.thread_count = wanted.threads
        context.gop_size = wanted.fps
        context.time_base = Fraction(1, wanted.fps)
        context.colorspace = 1  # AVCOL_SPC_BT709
        context.color_primaries = int(ColorPrimaries.BT709)
        context.color_trc = int(ColorTrc.BT709)
        context.color_range = int(ColorRange.MPEG)
        return stream


def _patched(picture: Any, patches: Sequence[Patch], encoding: Encoding) -> Any:
    """The picture with the patches applied. Safe because x264 has copied the picture when `encode` returns."""
    for patch in patches:
        if patch.region == (0, 0, encoding.width, encoding.height):
            picture = patch.frame
            continue
        left, top, right, bottom = patch.region
        x, y = patch.origin
        for index, share in enumerate((1, 2, 2)):
            there, here = _plane(picture, index), _plane(patch.frame, index)
            there[top // share : bottom // share, left // share : right // share] = here[
                (top - y) // share : (bottom - y) // share, (left - x) // share : (right - x) // share
            ]
    return picture


def _plane(frame: Any, index: int) -> Pixels:
    plane = frame.planes[index]
    return np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size)
