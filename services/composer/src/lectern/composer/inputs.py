"""A video's inputs: its script, footage and narrations, fetched into one folder and verified."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from lectern.composer.fan_in import ScenesReady
from lectern.composer.timeline import VideoTimeline, build_timeline
from lectern.composer.verification import check_boxes, reject_footage, verify_footage, verify_same_encoding
from lectern.contracts import events as e
from lectern.contracts.narration import Narration
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.contracts.sounds import SceneSounds
from lectern.media import FOOTAGE, FootageRefused, MediaFile, probe_media
from lectern.worker import Missing, ObjectStore, Permanent, map_concurrently

MAX_PROBES = 2  # ffprobe processes at once


class VideoInputs(msgspec.Struct, frozen=True, kw_only=True):
    """A video's parts. Footage and audio are in `folder`, under their `footage_name` and `audio_name`.

    `narrations` and `sounds` are those of the scenes in order.
    """

    folder: Path
    script: Script
    timeline: VideoTimeline
    narrations: tuple[Narration, ...]
    sounds: tuple[SceneSounds, ...]


def footage_name(number: int) -> str:
    """Returns the file name of a scene's footage."""
    return f"scene-{number:03d}.mp4"


def audio_name(number: int) -> str:
    """Returns the file name of a scene's narration."""
    return f"scene-{number:03d}.flac"


async def fetch_inputs(
    ready: ScenesReady,
    store: ObjectStore,
    folder: Path,
    *,
    transfers: int,
    on_scene: Callable[[int], Awaitable[None]],
) -> VideoInputs:
    """Downloads what the scenes' events name, `transfers` scenes at once, and verifies it.

    `on_scene` receives the number of scenes downloaded so far. Raises Missing, which is retried, or Permanent for
    footage that cannot be joined.
    """
    script = await store.get_json(ready.script_key, Script)
    fetched = 0

    async def fetch_scene(scene: e.SceneRendered) -> tuple[Narration, SceneSounds]:
        nonlocal fetched
        narration = await store.get_json(scene.narration.key, Narration)
        await store.get_file(scene.footage.key, folder / footage_name(scene.scene))
        await store.get_file(scene.narration.audio_key, folder / audio_name(scene.scene))
        sounds = await _fetch_sounds(scene, store)
        fetched += 1
        await on_scene(fetched)
        return narration, sounds

    fetched_scenes = await map_concurrently(fetch_scene, ready.scenes, limit=transfers)
    narrations = [narration for narration, _ in fetched_scenes]
    timeline = _timeline_of(script, ready.scenes)
    await _verify_scenes(ready.scenes, narrations, folder, timeline.fps)
    return VideoInputs(
        folder=folder,
        script=script,
        timeline=timeline,
        narrations=tuple(narrations),
        sounds=tuple(sounds for _, sounds in fetched_scenes),
    )


async def _fetch_sounds(scene: e.SceneRendered, store: ObjectStore) -> SceneSounds:
    """The scene's sounds; none where they are gone, since a film without them is whole."""
    if not scene.footage.sounds_key:
        return SceneSounds()
    try:
        return await store.get_json(scene.footage.sounds_key, SceneSounds)
    except Missing:
        return SceneSounds()


def _timeline_of(script: Script, scenes: Sequence[e.SceneRendered]) -> VideoTimeline:
    rates = sorted({scene.footage.fps for scene in scenes})
    try:
        if len(rates) > 1:
            raise ValueError(f"scenes have different frame rates: {', '.join(map(str, rates))}")
        return build_timeline(
            rates[0], [(scene.scene, script.scene(scene.scene).title, scene.footage.frames) for scene in scenes]
        )
    except (ValueError, IndexError) as error:
        problem = Problem(
            code="scenes-unlike",
            title="The scenes cannot be joined into one video",
            detail=f"{str(error)[:1].upper()}{str(error)[1:]}.",
            remedy="Redo all scenes.",
            retryable=True,
        )
        raise Permanent(problem) from error


async def _verify_scenes(
    scenes: Sequence[e.SceneRendered], narrations: Sequence[Narration], folder: Path, fps: int
) -> None:
    media = await map_concurrently(
        lambda scene: _probe_footage(scene, folder), [scene.scene for scene in scenes], limit=MAX_PROBES
    )
    tracks = [
        (
            scene.scene,
            verify_footage(scene.scene, found, frames=scene.footage.frames, fps=fps, samples=narration.samples),
        )
        for scene, found, narration in zip(scenes, media, narrations, strict=True)
    ]
    verify_same_encoding(tracks)


async def _probe_footage(number: int, folder: Path) -> MediaFile:
    """Describes a scene's footage. It was checked when it was rendered, perhaps by an older Lectern."""
    path = folder / footage_name(number)
    try:
        await asyncio.to_thread(check_boxes, path)
    except FootageRefused as error:
        raise reject_footage(number, f"was refused: {error}") from error
    return await probe_media(path, FOOTAGE)
