"""Events of a video's stream, and where a client stands in it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TypeAlias

import msgspec

from lectern.client.errors import ForeignAnswer
from lectern.client.models import SceneState, StreamedDeletion, StreamedOutlook, StreamedProgress, Video, VideoSummary

ENDED = frozenset({"completed", "failed", "cancelled"})
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0


class VideoEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to a video. `video` is as of this event: whole, or a summary where it is about a scene.

    `resync` of a `video.snapshot` means that what came before is void.
    """

    type: str
    seq: int
    time: datetime
    revision: int
    video: Video | VideoSummary
    scene: SceneState | None = None
    resync: bool = False


StreamEvent: TypeAlias = VideoEvent | StreamedDeletion | StreamedProgress | StreamedOutlook


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    seq: int
    time: datetime
    revision: int
    video: msgspec.Raw
    scene: SceneState | None = None
    resync: bool = False


class _Kind(msgspec.Struct, frozen=True):
    type: str
    video: msgspec.Raw = msgspec.Raw(b"")


class _Shape(msgspec.Struct, frozen=True):
    scenes: msgspec.Raw = msgspec.Raw(b"")


def decode_event(data: str) -> StreamEvent | None:
    """An event's data; None for a kind of event that is newer than this client. Raises ForeignAnswer."""
    encoded = data.encode()
    try:
        kind = msgspec.json.decode(encoded, type=_Kind)
        if kind.type == "progress":
            return msgspec.json.decode(encoded, type=StreamedProgress)
        if kind.type == "outlook":
            return msgspec.json.decode(encoded, type=StreamedOutlook)
        if kind.type == "video.deleted":
            return msgspec.json.decode(encoded, type=StreamedDeletion)
        if not bytes(kind.video):
            return None
        event = msgspec.json.decode(encoded, type=_Envelope)
        is_whole = bool(bytes(msgspec.json.decode(event.video, type=_Shape).scenes))
        video: Video | VideoSummary = (
            msgspec.json.decode(event.video, type=Video)
            if is_whole
            else msgspec.json.decode(event.video, type=VideoSummary)
        )
    except msgspec.DecodeError as error:
        raise ForeignAnswer(
            f"An event cannot be read: {error}.", "Install the client of the version that the API has."
        ) from error
    return VideoEvent(
        type=event.type,
        seq=event.seq,
        time=event.time,
        revision=event.revision,
        video=video,
        scene=event.scene,
        resync=event.resync,
    )


class StreamPosition:
    """Where a client stands in a stream: what it has seen, whether that was the end, when to connect again."""

    def __init__(self, after: int | None = None) -> None:
        """`after` is the number of the last event that is known; 0 asks for all, None for a snapshot."""
        self.ended = False
        self._last_id = ""
        self._after = after
        self._failures = 0
        self._failing_since = 0.0
        self._pause: float | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the next connection."""
        return {"Last-Event-ID": self._last_id} if self._last_id else {}

    @property
    def query(self) -> dict[str, str]:
        """The query of the next connection."""
        return {} if self._after is None or self._last_id else {"after": str(self._after)}

    def note_event(self, event_id: str, event: StreamEvent | None, retry: int | None) -> None:
        """Take note of what came. `retry` is in milliseconds."""
        self._failures = 0
        self._last_id = event_id or self._last_id
        if retry is not None:
            self._pause = retry / 1000
        if isinstance(event, VideoEvent):
            self.ended = event.video.status in ENDED
        elif isinstance(event, StreamedDeletion):
            self.ended = True

    def note_failure(self) -> float:
        """Take note of a connection that failed. Returns for how many seconds nothing has come since the first did."""
        self._failures += 1
        if self._failures == 1:
            self._failing_since = time.monotonic()
        return time.monotonic() - self._failing_since

    def choose_reconnection(self) -> float:
        """Seconds until the next connection: what the server asked for, longer with each failure in a row."""
        pause = self._pause if self._pause is not None else _FIRST_PAUSE_SECONDS
        return min(
            max(pause, _FIRST_PAUSE_SECONDS * 2**self._failures) if self._failures else pause, _LONGEST_PAUSE_SECONDS
        )
