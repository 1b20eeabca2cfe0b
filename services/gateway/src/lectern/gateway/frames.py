"""Server-sent events as bytes. The shape of each is documented in docs/api.md."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState
from lectern.gateway import mapping

PING = b": ping\n\n"
RETRY = 3000  # milliseconds a client waits before it connects again
RETRY_SOON = 500  # when another replica is likely there already, or a slow client may catch up


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One event on the wire. `seq` is None for progress, which is not stored; `ends` closes the stream after it."""

    data: bytes
    seq: int | None = None
    ends: bool = False


def _frame(name: str, seq: int | None, body: dict[str, object], *, ends: bool = False) -> Frame:
    head = f"event: {name}\n" + (f"id: {seq}\n" if seq is not None else "")
    data = head.encode() + b"data: " + msgspec.json.encode(body) + b"\n\n"
    return Frame(data=data, seq=seq, ends=ends)


def name_of(event: e.AnyEvent) -> str:
    """An event's name in the API: its tag without the version, `scene.rendered`."""
    return str(event.__struct_config__.tag).rpartition(".")[0]


def fact(seq: int, event: e.AnyEvent, state: VideoState, first: e.AnyEvent) -> Frame:
    """A stored fact: `state` is the video with it. Scene facts carry the summary and their scene, others the video."""
    video_id = event.video_id
    body: dict[str, object] = {"type": name_of(event), "seq": seq, "time": event.at, "revision": event.revision}
    if isinstance(event, e.SceneEvent):
        body["video"] = mapping.summary(state, video_id, first).model_dump(mode="json")
        body["scene"] = mapping.scene(state, video_id, event.scene).model_dump(mode="json")
    else:
        body["video"] = mapping.video(state, video_id, first).model_dump(mode="json")
    return _frame(name_of(event), seq, body, ends=state.outcome() is not None)


def snapshot(seq: int, state: VideoState, first: e.AnyEvent, *, resync: bool) -> Frame:
    """The whole video as of `seq`. `resync`: the client asked to go on from a place this log does not have."""
    body: dict[str, object] = {
        "type": "video.snapshot",
        "seq": seq,
        "time": e.now(),
        "revision": state.revision(),
        "resync": resync,
        "video": mapping.video(state, first.video_id, first).model_dump(mode="json"),
    }
    return _frame("video.snapshot", seq, body)


def progress(report: Progress) -> Frame:
    """How far a stage is. Has no id: a client that resumes is not owed it."""
    body: dict[str, object] = {
        "type": "progress",
        "time": e.now(),
        "video_id": report.video_id,
        "scene": report.scene,
        "revision": report.revision,
        "stage": report.stage,
        "doing": report.doing,
        "done": report.done,
        "of": report.of,
        "attempt": report.attempt,
        "facts": report.facts,
    }
    return _frame("progress", None, body)


def hint(retry: int, why: str) -> bytes:
    """Tells the client how many milliseconds to wait before it connects again, and (as a comment) why."""
    return f"retry: {retry}\n: {why}\n\n".encode()
