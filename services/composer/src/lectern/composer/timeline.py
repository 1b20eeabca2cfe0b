"""The place of each scene in the finished video. Counted in frames, so that nothing is rounded twice."""

from __future__ import annotations

import msgspec

from lectern.contracts.quality import AUDIO_RATE


class SceneSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's place in the video: `frames` frames, the first of which is `start`."""

    number: int
    title: str
    start: int
    frames: int

    @property
    def end(self) -> int:
        """The first frame after the scene."""
        return self.start + self.frames


class VideoTimeline(msgspec.Struct, frozen=True, kw_only=True):
    """All scenes of a video, one after the other, at `fps` frames a second."""

    fps: int
    spans: tuple[SceneSpan, ...]

    @property
    def frames(self) -> int:
        """The video's length in frames."""
        return self.spans[-1].end

    @property
    def seconds(self) -> float:
        """The video's length in seconds."""
        return self.frames / self.fps

    def samples(self, frames: int) -> int:
        """Converts frames to samples of sound: a whole number, as every preset's fps divides 48000."""
        return frames * AUDIO_RATE // self.fps

    def milliseconds(self, frame: int) -> int:
        """Returns the time at which a frame is shown."""
        return round(frame * 1000 / self.fps)


def build_timeline(fps: int, scenes: list[tuple[int, str, int]]) -> VideoTimeline:
    """Lays scenes, given as (number, title, frames), end to end. Raises ValueError if fps does not divide 48000."""
    if AUDIO_RATE % fps:
        raise ValueError(f"{fps} frames a second do not divide {AUDIO_RATE} samples evenly; use 15, 30 or 60")
    spans, start = [], 0
    for number, title, frames in scenes:
        spans.append(SceneSpan(number=number, title=title, start=start, frames=frames))
        start += frames
    return VideoTimeline(fps=fps, spans=tuple(spans))
