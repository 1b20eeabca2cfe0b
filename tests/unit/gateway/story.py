"""The events of one video, told in order, as the stages would publish them."""

from __future__ import annotations

from typing import Any

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, Lane, VideoOptions
from lectern.contracts.problems import Problem
from lectern.worker import Connections, JetStreamEventLog

OUT_OF_MEMORY = Problem(
    code="out-of-memory", title="Out of memory", detail="The scene needs too much memory.", remedy="Simplify it."
)


def lesson(scenes: int = 2) -> s.Script:
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


class Story:
    """Tells one video's events to the log; each method is what one stage would do."""

    def __init__(self, connections: Connections, *, lane: Lane = "fast", review: bool = False, scenes: int = 2) -> None:
        self.deps = connections
        self.log = JetStreamEventLog(connections.nats)
        self.video_id = new_id()
        self.lane: Lane = lane
        self.revision = 1
        self.options = VideoOptions(review=review)
        self.script = lesson(scenes)
        self.script_key = keys.script(self.video_id, keys.digest(self.script))

    @property
    def url(self) -> str:
        """The video's address."""
        return f"/v1/videos/{self.video_id}"

    async def tell(self, event_type: type[e.Event], **fields: Any) -> int:
        """Publishes an event of this video; returns its sequence."""
        shared = {"video_id": self.video_id, "lane": self.lane, "revision": self.revision}
        return await self.log.publish(event_type(**{**shared, **fields}))  # type: ignore[arg-type]

    async def requested(self, topic: str = "How does a leaf work?") -> int:
        return await self.tell(e.VideoRequested, brief=Brief(topic=topic), options=self.options)

    async def scripted(self) -> int:
        await self.deps.store.put_json(self.script_key, self.script)
        return await self.tell(
            e.VideoScripted,
            script_key=self.script_key,
            title=self.script.title,
            scenes=tuple(e.SceneTitle(title=scene.title, words=6) for scene in self.script.scenes),
            options=self.options,
            review=self.options.review,
        )

    def _facts(self, scene: int) -> dict[str, Any]:
        return {
            "scene": scene,
            "script_key": self.script_key,
            "options": self.options,
            "narration": e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2),
            "code": e.CodeRef(key="c", origin="template"),
        }

    async def planned(self, scene: int) -> int:
        return await self.tell(e.ScenePlanned, scene=scene, script_key=self.script_key, options=self.options)

    async def coded(self, scene: int, degraded: Problem | None = None) -> int:
        return await self.tell(e.SceneCoded, **self._facts(scene), degraded=degraded)

    async def rendered(self, scene: int, key: str = "footage") -> int:
        footage = e.FootageRef(key=key, frames=135, fps=30)
        return await self.tell(e.SceneRendered, **self._facts(scene), footage=footage)

    async def scene_failed(self, scene: int) -> int:
        return await self.tell(e.SceneFailed, scene=scene, stage="renderer", problem=OUT_OF_MEMORY)

    async def completed(self, *outputs: e.Output) -> int:
        return await self.tell(e.VideoCompleted, seconds=9.0, frames=270, outputs=outputs)

    async def failed(self) -> int:
        return await self.tell(e.VideoFailed, problem=OUT_OF_MEMORY)

    async def made(self, *outputs: e.Output) -> None:
        """The whole way to a finished video."""
        await self.requested()
        await self.scripted()
        for scene in range(1, len(self.script.scenes) + 1):
            await self.planned(scene)
            await self.rendered(scene)
        await self.completed(*outputs)
