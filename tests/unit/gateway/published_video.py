"""A video's events, published one by one as its stages would."""

from __future__ import annotations

from typing import Any

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Lane, VideoOptions
from lectern.contracts.problems import Problem
from lectern.worker import Connections

OUT_OF_MEMORY = Problem(
    code="out-of-memory", title="Out of memory", detail="The scene needs too much memory.", remedy="Simplify it."
)


def make_script(scenes: int = 2) -> s.Script:
    """A short script."""
    return s.Script(
        title="The leaf",
        scenes=tuple(
            s.Scene(
                title=f"Part {number}",
                beats=(s.Beat(text=f"This is part {number}."), s.Beat(text="And so on.", spoken="and so forth")),
                visual=s.Bullets(items=("one", "two")),
            )
            for number in range(1, scenes + 1)
        ),
    )


class PublishedVideo:
    """Publishes one video's events; each method is what one stage would do, and returns the event's sequence."""

    def __init__(
        self,
        connections: Connections,
        *,
        lane: Lane = "fast",
        review: bool = False,
        scenes: int = 2,
        owner: str = "",
    ) -> None:
        self.owner = owner
        self.store = connections.store
        self.event_log = connections.event_log
        self.video_id = new_id()
        self.lane: Lane = lane
        self.revision = 1
        self.options = VideoOptions(review=review)
        self.script = make_script(scenes)
        self.script_key = keys.script(self.video_id, keys.digest(self.script))

    @property
    def url(self) -> str:
        """The video's path."""
        return f"/v1/videos/{self.video_id}"

    async def read(self) -> VideoLog:
        """The video's log."""
        return await self.event_log.read(self.video_id)

    async def publish(self, event_type: type[e.Event], **fields: Any) -> int:
        """Publish an event of this video."""
        shared = {"video_id": self.video_id, "owner": self.owner, "lane": self.lane, "revision": self.revision}
        return await self.event_log.publish(event_type(**{**shared, **fields}))  # type: ignore[arg-type]

    async def request(self, topic: str = "How does a leaf work?") -> int:
        return await self.publish(e.VideoRequested, brief=Brief(topic=topic), options=self.options)

    async def write_script(self) -> int:
        await self.store.put_json(self.script_key, self.script)
        return await self.publish(
            e.VideoScripted,
            script_key=self.script_key,
            title=self.script.title,
            scenes=tuple(e.SceneTitle(title=scene.title, words=6) for scene in self.script.scenes),
            options=self.options,
            review=self.options.review,
        )

    def _scene_fields(self, scene: int) -> dict[str, Any]:
        return {
            "scene": scene,
            "script_key": self.script_key,
            "options": self.options,
            "narration": e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2),
            "code": e.CodeRef(key=f"code{scene}", origin="template"),
        }

    async def plan(self, scene: int) -> int:
        return await self.publish(e.ScenePlanned, scene=scene, script_key=self.script_key, options=self.options)

    async def code(self, scene: int, degraded: Problem | None = None) -> int:
        return await self.publish(e.SceneCoded, **self._scene_fields(scene), degraded=degraded)

    async def render(self, scene: int, key: str = "footage") -> int:
        footage = e.FootageRef(key=key, frames=135, fps=30)
        return await self.publish(e.SceneRendered, **self._scene_fields(scene), footage=footage)

    async def fail_scene(self, scene: int) -> int:
        return await self.publish(e.SceneFailed, scene=scene, stage="renderer", problem=OUT_OF_MEMORY)

    async def complete(self, *outputs: e.Output) -> int:
        return await self.publish(e.VideoCompleted, seconds=9.0, frames=270, outputs=outputs)

    async def fail(self) -> int:
        return await self.publish(e.VideoFailed, problem=OUT_OF_MEMORY)

    async def finish(self, *outputs: e.Output) -> None:
        """Publish everything up to the finished video."""
        await self.request()
        await self.write_script()
        for scene in range(1, len(self.script.scenes) + 1):
            await self.plan(scene)
            await self.code(scene)
            await self.render(scene)
        await self.complete(*outputs)
