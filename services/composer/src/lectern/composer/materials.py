"""Everything a video is joined from, fetched into one folder and looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from lectern.composer.checks import check_alike, check_footage
from lectern.composer.fanin import Ready
from lectern.composer.probe import probe
from lectern.composer.timeline import Timeline, lay_out
from lectern.contracts import events as e
from lectern.contracts.narration import Narration
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.worker import ObjectStore, Permanent

T = TypeVar("T")

PROBES = 2  # ffprobe processes at once


class Materials(msgspec.Struct, frozen=True, kw_only=True):
    """A video's parts. Footage and audio lie in `folder` as `footage_name` and `audio_name` name them."""

    folder: Path
    script: Script
    timeline: Timeline
    narrations: tuple[Narration, ...]


def footage_name(number: int) -> str:
    """The file a scene's footage is in."""
    return f"scene-{number:03d}.mp4"


def audio_name(number: int) -> str:
    """The file a scene's narration is in."""
    return f"scene-{number:03d}.flac"


async def at_most(limit: int, work: Iterable[Awaitable[T]]) -> list[T]:
    """Awaits all, `limit` at once; results in order. The first failure cancels the rest."""
    slots = asyncio.Semaphore(limit)

    async def one(job: Awaitable[T]) -> T:
        async with slots:
            return await job

    try:
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(one(job)) for job in work]
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    return [task.result() for task in started]


async def fetch(
    ready: Ready, store: ObjectStore, folder: Path, *, transfers: int, on_scene: Callable[[int], Awaitable[None]]
) -> Materials:
    """Downloads what the scenes' events name. Raises Missing (try again) or Permanent (footage that does not fit)."""
    script = await store.get_json(ready.script_key, Script)
    fetched = 0

    async def one(scene: e.SceneRendered) -> Narration:
        nonlocal fetched
        narration = await store.get_json(scene.narration.key, Narration)
        await store.get_file(scene.footage.key, folder / footage_name(scene.scene))
        await store.get_file(scene.narration.audio_key, folder / audio_name(scene.scene))
        fetched += 1
        await on_scene(fetched)
        return narration

    narrations = await at_most(transfers, map(one, ready.scenes))
    timeline = _timeline(script, ready.scenes)
    await _check(ready.scenes, narrations, folder, timeline.fps)
    return Materials(folder=folder, script=script, timeline=timeline, narrations=tuple(narrations))


def _timeline(script: Script, scenes: Iterable[e.SceneRendered]) -> Timeline:
    rates = sorted({scene.footage.fps for scene in scenes})
    try:
        if len(rates) > 1:
            raise ValueError(f"scenes run at different frame rates: {', '.join(map(str, rates))}")
        return lay_out(
            rates[0], [(scene.scene, script.scene(scene.scene).title, scene.footage.frames) for scene in scenes]
        )
    except (ValueError, IndexError) as error:
        problem = Problem(
            code="scenes-unlike",
            title="The scenes do not make one video",
            detail=f"{str(error)[:1].upper()}{str(error)[1:]}.",
            remedy="Make all scenes anew.",
            retryable=True,
        )
        raise Permanent(problem) from error


async def _check(scenes: Iterable[e.SceneRendered], narrations: Iterable[Narration], folder: Path, fps: int) -> None:
    scenes = tuple(scenes)
    media = await at_most(PROBES, (probe(folder / footage_name(scene.scene)) for scene in scenes))
    tracks = [
        (
            scene.scene,
            check_footage(scene.scene, found, frames=scene.footage.frames, fps=fps, samples=narration.samples),
        )
        for scene, found, narration in zip(scenes, media, narrations, strict=True)
    ]
    check_alike(tracks)
