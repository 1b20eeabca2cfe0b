"""Footage: one H.264 stream for a whole scene, encoded while the next frame is drawn.

Every scene of a video is encoded with the same parameters, so that scenes are joined without encoding them again:
constant frame rate, no B-frames, a closed group of pictures with a key frame every second, BT.709 limited range.
"""

from __future__ import annotations

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

Pixels = npt.NDArray[np.uint8]

QUEUED_FRAMES = 6
"""Converted frames that may wait for the encoder: 3 MB each at 1080p, enough to smooth out key frames."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """How frames become H.264. `crf` 20 is visually lossless for drawings; `threads` must match the CPUs given."""

    width: int
    height: int
    fps: int
    preset: str = "ultrafast"
    crf: int = 20
    threads: int = 1


class Footage:
    """Writes frames to `path`. Use `show` for each new picture, `repeat` to show the last one again, then `finish`.

    Raises RuntimeError from the next call when the encoder has failed.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.path = path
        self.encoding = encoding
        self.frames = 0
        self._part = path.with_name(path.name + ".part")
        self._reformatter = VideoReformatter()
        self._queue: Queue[tuple[Any, int] | None] = Queue(maxsize=QUEUED_FRAMES)
        self._failure: BaseException | None = None
        self._last: Any = None
        self._closed = False
        self._thread = Thread(target=self._encode_all, name="footage-encoder", daemon=True)
        self._thread.start()

    def show(self, pixels: Pixels, count: int = 1) -> None:
        """`pixels` (height, width, RGBA; alpha is ignored) for `count` frames. The array may be reused on return."""
        if count > 0:
            self._last = self._converted(pixels)
            self._put(count)

    def repeat(self, count: int) -> None:
        """The last picture for `count` more frames."""
        if count > 0:
            if self._last is None:
                raise RuntimeError("there is no picture to repeat yet; show one first")
            self._put(count)

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

    def _put(self, count: int) -> None:
        self._raise_failure()
        self.frames += count
        self._queue.put((self._last, count))

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise RuntimeError(f"cannot encode {self.path.name}: {self._failure}") from self._failure

    def _converted(self, pixels: Pixels) -> Any:
        frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
        return self._reformatter.reformat(
            frame,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )

    def _encode_all(self) -> None:
        try:
            with av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                stream = self._stream(container)
                number = 0
                while (item := self._queue.get()) is not None:
                    frame, count = item
                    for _ in range(count):
                        frame.pts = number
                        number += 1
                        container.mux(stream.encode(frame))
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
        stream = container.add_stream(
            "libx264",
            rate=wanted.fps,
            options={"preset": wanted.preset, "crf": str(wanted.crf), "x264-params": every_second},
        )
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
