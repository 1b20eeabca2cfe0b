"""The progress of a video: the API's events, folded into what displays show."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

WAITING = "waiting"
_STAGE_BY_STATUS = {
    "waiting": WAITING,
    "planned": "voicing",
    "narrated": "coding",
    "coded": "rendering",
    "rendered": "ready",
}


@dataclass
class SceneProgress:
    """A scene. `done` of `total` are the running stage's units (frames when rendering); 0 of 0 when it counts none."""

    number: int
    title: str = ""
    stage: str = WAITING
    activity: str = ""
    done: int = 0
    total: int = 0
    seconds: float | None = None
    degraded: str = ""
    waiting: str = ""
    started: float = field(default_factory=time.monotonic)
    elapsed: float | None = None


@dataclass
class VideoProgress:
    """A video and its scenes. `changes` are sentences about what the last event changed, for displays of lines."""

    title: str = ""
    scene_count: int = 0
    status: str = "queued"
    stage: str = ""
    percent: int = 0
    activity: str = ""
    waiting: str = ""
    scenes: dict[int, SceneProgress] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def apply(self, event: dict[str, Any]) -> None:
        """Applies one event of the API. Unknown events change nothing."""
        self.changes = []
        if event.get("type") == "progress":
            self._apply_progress(event)
            return
        if video := event.get("video"):
            self._apply_video(video)
            for scene in video.get("scenes", ()):
                self._apply_scene(scene)
        if scene := event.get("scene"):
            self._apply_scene(scene)

    def _apply_progress(self, event: dict[str, Any]) -> None:
        attempt = f", attempt {event['attempt']}" if event.get("attempt", 1) > 1 else ""
        activity = f"{event['doing']}{attempt}"
        number = event.get("scene")
        if number is None:
            self.activity = activity
            return
        scene = self.scenes.setdefault(number, SceneProgress(number=number))
        scene.activity = activity
        scene.done, scene.total = int(event.get("done") or 0), int(event.get("of") or 0)

    def _apply_video(self, video: dict[str, Any]) -> None:
        count = video["scene_count"]
        if count and (video["title"], count) != (self.title, self.scene_count):
            self.changes.append(f"script: {video['title']}, {count} scene{'s' if count != 1 else ''}")
        if video["stage"] != self.stage:
            self.activity = ""
            if video["stage"] == "composing":
                self.changes.append("composing")
            elif video["stage"] == "review":
                self.changes.append("the script is waiting for approval")
        waiting = _describe_wait(video) if (video.get("waiting") or {}).get("problem", {}).get("scene") is None else ""
        if waiting and waiting != self.waiting:  # a scene's wait is told with the scene
            self.changes.append(waiting)
        self.waiting = waiting
        self.title, self.scene_count = video["title"], count
        self.status, self.percent = video["status"], video["progress"]
        self.stage = video["stage"] or ""

    def _apply_scene(self, update: dict[str, Any]) -> None:
        scene = self.scenes.setdefault(update["number"], SceneProgress(number=update["number"]))
        scene.title = update["title"] or scene.title
        scene.seconds = update["seconds"] or scene.seconds
        scene.degraded = update["degraded"]["detail"] if update.get("degraded") else ""
        waiting = _describe_wait(update)
        if waiting and waiting != scene.waiting:
            self.changes.append(f"scene {scene.number}/{max(self.scenes)} {scene.title}: {waiting}")
            scene.activity = waiting
        scene.waiting = waiting
        stage = "failed" if update["status"] == "failed" else _STAGE_BY_STATUS.get(update["status"], scene.stage)
        if stage == scene.stage:
            return
        if scene.stage == WAITING:
            scene.started = time.monotonic()
        scene.stage, scene.activity, scene.done, scene.total = stage, "", 0, 0
        if stage in ("ready", "failed"):
            scene.elapsed = time.monotonic() - scene.started
        self.changes.append(f"scene {scene.number}/{max(self.scenes)} {scene.title}: {_describe(scene, update)}")


def _describe_wait(update: dict[str, Any]) -> str:
    """What a scene or video waits for, in a sentence; "" when it does not wait."""
    waiting = update.get("waiting")
    if not waiting:
        return ""
    problem, since = waiting["problem"], datetime.fromisoformat(waiting["since"]).astimezone()
    return f"waiting since {since:%H:%M}: {problem['detail']} {problem['remedy']}"


def _describe(scene: SceneProgress, update: dict[str, Any]) -> str:
    """The scene's new stage in words."""
    if error := update.get("error"):
        return f"failed: {error['detail']}"
    if scene.stage != "ready":
        return scene.stage
    fallback = f" (as its fallback: {scene.degraded})" if scene.degraded else ""
    return f"ready in {scene.elapsed:.1f} s{fallback}"
