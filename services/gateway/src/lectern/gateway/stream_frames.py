"""Server-sent events as bytes. The shape of each is documented in docs/api.md."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lectern.contracts import events as e
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState
from lectern.gateway import mapping

PING = b": ping\n\n"
RETRY_MILLISECONDS = 3000  # how long a client waits before it reconnects
RETRY_SOON_MILLISECONDS = 500  # when another replica is likely to be there already, or a slow client may catch up


class StreamFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One server-sent event. `seq` is None for progress, which is not stored; `ends` closes the stream after it.

    `at` is when its event was, in seconds since 1970; 0 for what is no event.
    """

    data: bytes
    seq: int | None = None
    ends: bool = False
    at: float = 0.0


def name_event(event: e.AnyEvent) -> str:
    """An event's name in the API: its tag without the version, `scene.rendered`."""
    return str(event.__struct_config__.tag).rpartition(".")[0]


def make_event_frame(seq: int, event: e.AnyEvent, state: VideoState, first: e.AnyEvent) -> StreamFrame:
    """A stored event; `state` includes it. Scene events carry the summary and their scene, others the whole video."""
    name = name_event(event)
    body: dict[str, object] = {"type": name, "seq": seq, "time": event.at, "revision": event.revision}
    if isinstance(event, e.VideoDeleted):
        return encode_frame(name, seq, {**body, "video_id": event.video_id}, ends=True, at=event.at)
    if isinstance(event, e.SceneEvent):
        body["video"] = mapping.map_summary(state, first).model_dump(mode="json")
        body["scene"] = mapping.map_scene(state, event.video_id, event.scene).model_dump(mode="json")
    else:
        body["video"] = mapping.map_video(state, first).model_dump(mode="json")
    return encode_frame(name, seq, body, ends=state.outcome() is not None, at=event.at)


def make_snapshot_frame(seq: int, state: VideoState, first: e.AnyEvent, *, resync: bool) -> StreamFrame:
    """The whole video as of `seq`. `resync`: the client asked to resume from a position that this log does not have."""
    body: dict[str, object] = {
        "type": "video.snapshot",
        "seq": seq,
        "time": e.now(),
        "revision": state.revision(),
        "resync": resync,
        "video": mapping.map_video(state, first).model_dump(mode="json"),
    }
    return encode_frame("video.snapshot", seq, body)


def make_progress_frame(progress: Progress) -> StreamFrame:
    """The progress of a stage. Has no id, as it is not repeated for a client that resumes."""
    body: dict[str, object] = {
        "type": "progress",
        "time": e.now(),
        "video_id": progress.video_id,
        "scene": progress.scene,
        "revision": progress.revision,
        "stage": progress.stage,
        "doing": progress.doing,
        "done": progress.done,
        "of": progress.of,
        "attempt": progress.attempt,
        "facts": progress.facts,
    }
    return encode_frame("progress", None, body)


def make_retry_hint(milliseconds: int, reason: str) -> bytes:
    """Tell the client how long to wait before it reconnects, and (as a comment) why."""
    return f"retry: {milliseconds}\n: {reason}\n\n".encode()


def encode_frame(
    name: str, seq: int | None, body: dict[str, object], *, ends: bool = False, at: datetime | None = None
) -> StreamFrame:
    """A server-sent event with a body in JSON."""
    head = f"event: {name}\n" + (f"id: {seq}\n" if seq is not None else "")
    data = head.encode() + b"data: " + msgspec.json.encode(body) + b"\n\n"
    return StreamFrame(data=data, seq=seq, ends=ends, at=at.timestamp() if at else 0.0)
