"""A job's scene as stock manim draws and encodes it: the yardstick for scenes that only our job can plan.

`python bench/stock_drawing.py FOLDER` runs the job in FOLDER frame for frame as it is planned, but each frame is drawn
as manim's renderer draws it, and encoded by manim's encoder. Prints the CPU seconds that a stock render would not take:
those of the measuring pass.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from manim import Mobject
from manim._config.video_encoder import VideoEncoderSpec
from manim.camera.camera import Camera
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from lectern.scenekit import job, renderer
from lectern.scenekit.footage import Encoding, Pixels
from lectern.scenekit.regions import Region

QUEUED_FRAMES = 8
"""Manim's own setting, `encoder_queue_size`."""


class StockCanvas:
    """Draws as `CairoRenderer.update_frame` does: everything that moves, and all above it, over a kept picture."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.kept: Any = None

    def begin(self, static: Sequence[Mobject]) -> None:
        """Keep a picture of what stands still."""
        self.kept = None
        if static:
            self.camera.reset()
            self.camera.capture_mobjects(static)
            self.kept = self.camera.pixel_array.copy()

    def draw(self, moving: Iterable[Mobject]) -> list[Region]:
        """Draw what moves. All of the picture counts as changed."""
        if self.kept is None:
            self.camera.reset()
        else:
            self.camera.set_frame_to_background(self.kept)
        self.camera.capture_mobjects(moving)
        return [(0, 0, self.camera.pixel_width, self.camera.pixel_height)]


class StockFootage:
    """Encodes with manim's segment encoder and its default settings, in a thread, as manim does."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        spec = VideoEncoderSpec(
            container_format="mp4", codec="libx264", pixel_format="yuv420p", width=encoding.width,
            height=encoding.height, frame_rate=Fraction(encoding.fps), options=(("crf", "23"),),
        )  # fmt: skip
        self.encoding, self.frames_written = encoding, 0
        self.conversion_seconds = self.encoding_seconds = 0.0
        self._encoder = VideoSegmentEncoder(target=path, spec=spec)
        self._queue: Queue[tuple[Pixels, int] | None] = Queue(maxsize=QUEUED_FRAMES)
        self._thread = Thread(target=self._encode_all)
        self._thread.start()

    def write(self, pixels: Pixels, count: int = 1, changed: Sequence[Region] | None = None) -> None:
        """Write `pixels` as `count` frames, whatever has changed."""
        self._queue.put((pixels.copy(), count))
        self.frames_written += count

    def finish(self) -> None:
        """Wait for the encoder."""
        self.abort()
        self._encoder.finish()

    def abort(self) -> None:
        """Stop the thread."""
        self._queue.put(None)
        self._thread.join()

    def _encode_all(self) -> None:
        while (item := self._queue.get()) is not None:
            self._encoder.write_frame(item[0], repeat=item[1])


def main() -> int:
    """Run the job with stock manim's drawing and encoding in place of ours."""
    spent = [0.0]
    measure = job._measure

    def time_measuring(*args: Any) -> Any:
        before = time.process_time()
        found = measure(*args)
        spent[0] += time.process_time() - before
        return found

    patches: list[tuple[Any, str, Any]] = [
        (job, "_measure", time_measuring), (job, "FootageWriter", StockFootage), (renderer, "Canvas", StockCanvas)
    ]  # fmt: skip
    for owner, name, value in patches:
        setattr(owner, name, value)
    result = job.run(Path(sys.argv[1]))
    if not result["ok"]:
        sys.exit(result["error"]["traceback"])
    print(spent[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
