"""Where events lie on the stream, and where live signals travel beside it."""

from __future__ import annotations

from lectern.contracts import events as e

EVERY_VIDEO = "videos.>"
CANCEL = "cancel.*"  # core NATS: the fast path by which workers hear of a cancellation
PROGRESS = "progress.>"  # core NATS: not stored, at most 2 Hz for a scene
PARSE = "script.parse"  # core NATS request/reply: Markdown in, {"script": …} or {"problem": …} out; scripters answer
RENDER_SCRIPT = "script.render"  # core NATS request/reply: a script as JSON in, {"markdown": …} or {"problem": …} out
VOICES = "voices.list"  # core NATS request/reply: nothing in, {"voices": […]} out; voice services answer
PREFLIGHT = "preflight"  # core NATS request/reply, queue group of the renderers
STILLS = "stills"  # core NATS request/reply, queue group of the renderers: how a scene looks at given seconds

_VERBS: dict[type[e.Event], str] = {
    e.VideoRequested: "requested",
    e.VideoScripted: "scripted",
    e.ScriptApproved: "approved",
    e.VideoCompleted: "completed",
    e.VideoFailed: "failed",
    e.VideoCancelled: "cancelled",
    e.ScenePlanned: "planned",
    e.SceneNarrated: "narrated",
    e.SceneCoded: "coded",
    e.SceneRendered: "rendered",
    e.SceneFailed: "failed",
}


def subject(event: e.AnyEvent) -> str:
    """The subject an event is published on: `videos.<lane>.<id>.<verb>` or `….scenes.<n>.<verb>`."""
    verb = _VERBS[type(event)]
    scene = f"scenes.{event.scene}." if isinstance(event, e.SceneEvent) else ""
    return f"videos.{event.lane}.{event.video_id}.{scene}{verb}"


def wanted(event_type: type[e.Event], lane: str) -> str:
    """The filter that matches every event of a type in a lane."""
    scenes = "scenes.*." if issubclass(event_type, e.SceneEvent) else ""
    return f"videos.{lane}.*.{scenes}{_VERBS[event_type]}"


def video(video_id: str, lane: str = "*") -> str:
    """The filter that matches a video's whole log."""
    return f"videos.{lane}.{video_id}.>"


def cancel(video_id: str) -> str:
    """Where the cancellation of a video is shouted."""
    return f"cancel.{video_id}"


def progress(video_id: str, scene: int | None = None) -> str:
    """Where a stage tells how far it is. Without a scene: the whole video's (scripting, composing)."""
    return f"progress.{video_id}.{scene if scene is not None else 'video'}"
