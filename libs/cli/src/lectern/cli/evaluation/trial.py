"""One brief, tried: asked for over the public API, followed until every scene has its code, or to the end."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import msgspec

from lectern.cli.api import ENDED, Api, Json
from lectern.cli.evaluation.briefs import Brief
from lectern.cli.exits import USAGE, Stop
from lectern.contracts.usage import Usage


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a scene's code, and the finding that ended it; none for one that passed."""

    strategy: str
    rule: str = ""


class SceneTrial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a scene. `attempts` are empty where no model was asked."""

    number: int
    origin: str = ""
    attempts: tuple[Attempt, ...] = ()
    degraded: str = ""
    failed: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A brief and what became of it. `seconds` is the time it took, `video_seconds` the length that was narrated."""

    key: str
    title: str
    seconds: float
    video_id: str = ""
    video_seconds: float = 0.0
    failed: str = ""
    said: str = ""
    scenes: tuple[SceneTrial, ...] = ()
    used: tuple[Usage, ...] = ()


async def tried(api: Api, brief: Brief, *, render: bool) -> Trial:
    """The trial of a brief. A brief the API refuses is a failed trial; Stop is raised when there is no API."""
    began = time.monotonic()
    try:
        video = await api.create(brief.request)
    except Stop as refused:
        if refused.status != USAGE:
            raise
        problem = refused.problem
        return Trial(key=brief.key, title=brief.title, seconds=0.0, failed=problem.code, said=problem.sentence())
    video_id = str(video["id"])
    try:
        video = await _followed(api, video_id, render=render)
    except BaseException:  # interrupted, or Lectern went away: what nobody waits for should cost nothing more
        with suppress(Stop):
            await api.cancel(video_id, "its evaluation was interrupted")
        raise
    taken = time.monotonic() - began
    if video["status"] not in ENDED:
        await api.cancel(video_id, "every scene has its code")
    error = (video.get("error") or {}) if video["status"] == "failed" else {}
    return Trial(
        key=brief.key,
        title=brief.title,
        seconds=round(taken, 2),
        video_id=video_id,
        video_seconds=round(sum(scene.get("seconds") or 0.0 for scene in video["scenes"]), 2),
        failed=error.get("code", "cancelled" if video["status"] == "cancelled" else ""),
        said=error.get("detail", ""),
        scenes=tuple(_scene(scene) for scene in video["scenes"]),
        used=tuple(msgspec.convert(video["usage"]["items"], list[Usage])),
    )


async def _followed(api: Api, video_id: str, *, render: bool) -> Json:
    async for event in api.watch(video_id):
        if not render and str(event.get("type", "")).startswith("scene."):
            video = await api.video(video_id)
            if video["scenes"] and all(scene["status"] in ("coded", "rendered", "failed") for scene in video["scenes"]):
                return video
    return await api.video(video_id)


def _scene(scene: dict[str, Any]) -> SceneTrial:
    return SceneTrial(
        number=scene["number"],
        origin=scene.get("origin") or "",
        attempts=tuple(Attempt(strategy=each["strategy"], rule=each.get("rule", "")) for each in scene["attempts"]),
        degraded=(scene.get("degraded") or {}).get("code", ""),
        failed=(scene.get("error") or {}).get("code", ""),
    )
