"""What is known about a video while it is made: the API's events, folded into a board that displays can draw."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

STAGE_AFTER = {
    "waiting": "waits",
    "planned": "voicing",
    "narrated": "coding",
    "coded": "rendering",
    "rendered": "ready",
}


@dataclass
class Row:
    """A scene. `done` of `of` count what the stage at work counts (frames when rendering); 0 of 0 when it does not."""

    number: int
    title: str = ""
    stage: str = "waits"
    doing: str = ""
    done: int = 0
    of: int = 0
    seconds: float | None = None
    note: str = ""
    since: float = field(default_factory=time.monotonic)
    took: float | None = None


@dataclass
class Board:
    """A video and its scenes. `changes` are the sentences the last event gave rise to, for plain displays."""

    title: str = ""
    count: int = 0
    status: str = "queued"
    stage: str = ""
    percent: int = 0
    doing: str = ""
    rows: dict[int, Row] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def apply(self, event: dict[str, Any]) -> None:
        """Takes one event of the API in. Unknown events change nothing."""
        self.changes = []
        if event.get("type") == "progress":
            self._progress(event)
            return
        if video := event.get("video"):
            self._video(video)
            for scene in video.get("scenes", ()):
                self._scene(scene)
        if scene := event.get("scene"):
            self._scene(scene)

    def degraded(self) -> list[Row]:
        """The scenes that are only templates."""
        return [row for row in self.rows.values() if row.note]

    def _progress(self, event: dict[str, Any]) -> None:
        attempt = f", attempt {event['attempt']}" if event.get("attempt", 1) > 1 else ""
        number = event.get("scene")
        if number is None:
            self.doing = f"{event['doing']}{attempt}"
            return
        row = self.rows.setdefault(number, Row(number=number))
        row.doing, row.done, row.of = (
            f"{event['doing']}{attempt}",
            int(event.get("done") or 0),
            int(event.get("of") or 0),
        )

    def _video(self, video: dict[str, Any]) -> None:
        count = video["scene_count"]
        if count and (video["title"], count) != (self.title, self.count):
            self.changes.append(f"script: {video['title']}, {count} scene{'s' if count != 1 else ''}")
        if video["stage"] != self.stage:
            self.doing = ""
            if video["stage"] in ("review", "composing"):
                self.changes.append("composing" if video["stage"] == "composing" else "the script waits for approval")
        self.title, self.count, self.status, self.percent = video["title"], count, video["status"], video["progress"]
        self.stage = video["stage"] or ""

    def _scene(self, scene: dict[str, Any]) -> None:
        row = self.rows.setdefault(scene["number"], Row(number=scene["number"]))
        row.title = scene["title"] or row.title
        row.seconds = scene["seconds"] or row.seconds
        row.note = scene["degraded"]["detail"] if scene.get("degraded") else ""
        stage = "failed" if scene["status"] == "failed" else STAGE_AFTER.get(scene["status"], row.stage)
        if stage == row.stage:
            return
        if row.stage == "waits":
            row.since = time.monotonic()
        row.stage, row.doing, row.done, row.of = stage, "", 0, 0
        if stage in ("ready", "failed"):
            row.took = time.monotonic() - row.since
        error = scene.get("error")
        what = f"failed: {error['detail']}" if error else f"ready in {row.took:.1f} s" if stage == "ready" else stage
        template = f" (as a template: {row.note})" if row.note and stage == "ready" else ""
        self.changes.append(f"scene {row.number}/{max(self.rows)} {row.title}: {what}{template}")
