"""Events for tests of the loop: a video with scenes that need no store."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, Lane, VideoOptions

OPTIONS = VideoOptions(quality="draft")


def requested(video_id: str | None = None, lane: Lane = "fast", revision: int = 1) -> e.VideoRequested:
    """A video is requested."""
    return e.VideoRequested(
        video_id=video_id or new_id(), lane=lane, revision=revision, brief=Brief(topic="Tides"), options=OPTIONS
    )


def scripted(video_id: str, scenes: int = 1, *, review: bool = False, lane: Lane = "fast") -> e.VideoScripted:
    """Its script is written."""
    return e.VideoScripted(
        video_id=video_id,
        lane=lane,
        script_key="videos/x/script/1.json",
        title="Tides",
        scenes=tuple(e.SceneTitle(title=f"Scene {n}", words=20) for n in range(1, scenes + 1)),
        options=OPTIONS,
        review=review,
    )


def planned(video_id: str, scene: int = 1, lane: Lane = "fast", revision: int = 1) -> e.ScenePlanned:
    """A scene may be spoken."""
    return e.ScenePlanned(
        video_id=video_id,
        lane=lane,
        scene=scene,
        revision=revision,
        script_key="videos/x/script/1.json",
        options=OPTIONS,
    )


def narrated(video_id: str, scene: int = 1, revision: int = 1) -> e.SceneNarrated:
    """A scene has its voice."""
    return e.SceneNarrated(
        video_id=video_id,
        scene=scene,
        revision=revision,
        script_key="videos/x/script/1.json",
        options=OPTIONS,
        narration=e.NarrationRef(key="n.json", audio_key="n.flac", seconds=4.0, beats=1),
    )


def rendered(video_id: str, scene: int = 1, revision: int = 1) -> e.SceneRendered:
    """A scene has its footage."""
    return e.SceneRendered(
        video_id=video_id,
        scene=scene,
        revision=revision,
        script_key="videos/x/script/1.json",
        options=OPTIONS,
        narration=e.NarrationRef(key="n.json", audio_key="n.flac", seconds=4.0, beats=1),
        code=e.CodeRef(key="c", origin="lesson"),
        footage=e.FootageRef(key="f", frames=60, fps=15),
    )
