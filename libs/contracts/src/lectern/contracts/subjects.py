"""Subjects: where events lie on the stream, and where signals travel beside it. Requests name their own."""

from __future__ import annotations

from lectern.contracts import events as e

__all__ = [
    "CANCEL",
    "EVERY_VIDEO",
    "LOG_REPORTS",
    "PROGRESS",
    "WORKERS",
    "cancel",
    "inputs",
    "progress",
    "read_place",
    "subject",
    "video",
    "worker",
]

EVERY_VIDEO = "videos.>"
CANCEL = "cancel.*"  # core NATS: the fast path by which workers hear of a cancellation
WORKERS = "workers.*"  # core NATS: each worker shows every other second what it can do, and what it does
LOG_REPORTS = "reports.log"  # core NATS: what a gateway was told of the log, for the metrics of all
PROGRESS = "progress.>"  # core NATS: not stored, at most 2 Hz for a scene


def subject(event: e.AnyEvent) -> str:
    """The subject an event is published on: `videos.<lane>.<id>.<verb>` or `….scenes.<n>.<verb>`."""
    scene = f"scenes.{event.scene}." if isinstance(event, e.SceneEvent) else ""
    return f"videos.{event.lane}.{event.video_id}.{scene}{e.verb(type(event))}"


def read_place(subject: str) -> tuple[str, int | None]:
    """The video and the scene that an event's subject names; "" and None where it names none."""
    parts = subject.split(".")
    scene = parts[4] if len(parts) > 5 and parts[3] == "scenes" else ""
    return parts[2] if len(parts) > 2 else "", int(scene) if scene.isdecimal() else None


def inputs(event_type: type[e.Event], lane: str) -> str:
    """The filter that matches every event of a type in a lane."""
    scenes = "scenes.*." if issubclass(event_type, e.SceneEvent) else ""
    return f"videos.{lane}.*.{scenes}{e.verb(event_type)}"


def video(video_id: str, lane: str = "*") -> str:
    """The filter that matches a video's whole log."""
    return f"videos.{lane}.{video_id}.>"


def cancel(video_id: str) -> str:
    """The subject on which the cancellation of a video is broadcast."""
    return f"cancel.{video_id}"


def progress(video_id: str, scene: int | None = None) -> str:
    """The subject of progress reports. Without a scene: the whole video's (scripting, composing)."""
    return f"progress.{video_id}.{scene if scene is not None else 'video'}"


def worker(stage: str) -> str:
    """The subject of the signs of life of a stage's workers."""
    return f"workers.{stage}"
