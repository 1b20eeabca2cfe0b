"""Trying one brief over the public API: until every scene has its code, or until the video is finished."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import msgspec

from lectern.cli.api import FINAL_STATUSES, Api, JsonObject
from lectern.cli.evaluation.briefs import TrialBrief
from lectern.cli.exit_status import USAGE, CommandExit
from lectern.contracts.usage import Usage


class AttemptResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a scene's code, and the rule of the finding that rejected it; "" for one that passed."""

    strategy: str
    rule: str = ""


class SceneTrial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a scene; no `attempts` when no model was asked. `degraded` and `failed` are problem codes."""

    number: int
    origin: str = ""
    attempts: tuple[AttemptResult, ...] = ()
    degraded: str = ""
    failed: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"reason": "said", "usage": "used"}):
    """The result of a brief. `seconds` is the time it took, `video_seconds` the length of the narration.

    `failed` is a problem code, `reason` what it means.
    """

    key: str
    title: str
    seconds: float
    video_id: str = ""
    video_seconds: float = 0.0
    failed: str = ""
    reason: str = ""
    scenes: tuple[SceneTrial, ...] = ()
    usage: tuple[Usage, ...] = ()


async def try_brief(api: Api, brief: TrialBrief, *, render: bool) -> Trial:
    """Tries a brief. One that the API refuses is a failed trial. Raises CommandExit when the API is unavailable."""
    started = time.monotonic()
    try:
        video = await api.create(brief.request)
    except CommandExit as refusal:
        if refusal.status != USAGE:
            raise
        problem = refusal.problem
        return Trial(key=brief.key, title=brief.title, seconds=0.0, failed=problem.code, reason=problem.sentence())
    video_id = str(video["id"])
    try:
        video = await _follow(api, video_id, render=render)
    except BaseException:  # interrupted or disconnected: a video that nobody waits for should cost nothing more
        with suppress(CommandExit):
            await api.cancel(video_id, "its evaluation was interrupted")
        raise
    elapsed = time.monotonic() - started
    if video["status"] not in FINAL_STATUSES:
        await api.cancel(video_id, "every scene has its code")
    error = (video.get("error") or {}) if video["status"] == "failed" else {}
    return Trial(
        key=brief.key,
        title=brief.title,
        seconds=round(elapsed, 2),
        video_id=video_id,
        video_seconds=round(sum(scene.get("seconds") or 0.0 for scene in video["scenes"]), 2),
        failed=error.get("code", "cancelled" if video["status"] == "cancelled" else ""),
        reason=error.get("detail", ""),
        scenes=tuple(_scene_trial(scene) for scene in video["scenes"]),
        usage=tuple(msgspec.convert(video["usage"]["items"], list[Usage])),
    )


async def _follow(api: Api, video_id: str, *, render: bool) -> JsonObject:
    async for event in api.watch(video_id):
        if not render and str(event.get("type", "")).startswith("scene."):
            video = await api.video(video_id)
            if video["scenes"] and all(scene["status"] in ("coded", "rendered", "failed") for scene in video["scenes"]):
                return video
    return await api.video(video_id)


def _scene_trial(scene: dict[str, Any]) -> SceneTrial:
    return SceneTrial(
        number=scene["number"],
        origin=scene.get("origin") or "",
        attempts=tuple(
            AttemptResult(strategy=each["strategy"], rule=each.get("rule", "")) for each in scene["attempts"]
        ),
        degraded=(scene.get("degraded") or {}).get("code", ""),
        failed=(scene.get("error") or {}).get("code", ""),
    )
