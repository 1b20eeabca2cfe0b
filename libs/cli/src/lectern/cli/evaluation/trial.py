"""Trying one brief over the public API: until every scene has its code, or until the video is finished."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.api import FINAL_STATUSES, Api, ApiRefusal, JsonObject
from lectern.cli.evaluation.briefs import TrialBrief
from lectern.cli.evaluation.judging import Judge, Judgement
from lectern.cli.evaluation.pictures import ScenePicture, measure_picture
from lectern.cli.exit_status import USAGE, CommandExit
from lectern.contracts.usage import Usage
from lectern.media import ProcessFailed


class AttemptResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a scene's code, and the rule of the finding that rejected it; "" for one that passed.

    A `strategy` `look` is no version but a critique of the last one, and `render` one that passed and was refused when
    it was rendered.
    """

    strategy: str
    rule: str = ""


class SceneTrial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a scene; no `attempts` when no model wrote any code. `degraded` and `failed` are problem codes.

    `picture` is measured where it was rendered.
    """

    number: int
    origin: str = ""
    status: str = ""
    attempts: tuple[AttemptResult, ...] = ()
    degraded: str = ""
    failed: str = ""
    picture: ScenePicture | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a brief. `seconds` is the time it took, `video_seconds` the length of the narration, and
    `asked_seconds` the length asked for, 0 for none.

    `brief` is the same in every evaluation of what was asked for. `failed` is a problem code, `reason` what it means.
    `doubts` are those of the script's fact-check. `cuts_planned` are the cuts across which the plan carries things, and
    `cuts_carried` those across which the scenes' code does.
    """

    key: str
    title: str
    seconds: float
    brief: str = ""
    rendered: bool = False
    video_id: str = ""
    video_seconds: float = 0.0
    asked_seconds: float = 0.0
    failed: str = ""
    reason: str = ""
    doubts: tuple[str, ...] = ()
    cuts_planned: int = 0
    cuts_carried: int = 0
    scenes: tuple[SceneTrial, ...] = ()
    usage: tuple[Usage, ...] = ()
    judgement: Judgement | None = None


async def try_brief(api: Api, brief: TrialBrief, *, render: bool, judge: Judge | None = None) -> Trial:
    """Tries a brief. One that the API refuses is a failed trial. Raises CommandExit when the API is unavailable."""
    started = time.monotonic()
    try:
        video = await api.create(brief.request)
    except CommandExit as refusal:
        if refusal.status != USAGE:
            raise
        problem = refusal.problem
        return Trial(
            key=brief.key,
            brief=brief.brief,
            title=brief.title,
            seconds=0.0,
            rendered=render,
            failed=problem.code,
            reason=problem.sentence(),
        )
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
    script = await _read_script(api, video_id)
    followers = _list_followers(script)
    return Trial(
        key=brief.key,
        brief=brief.brief,
        title=brief.title,
        seconds=round(elapsed, 2),
        rendered=render,
        video_id=video_id,
        video_seconds=round(sum(scene.get("seconds") or 0.0 for scene in video["scenes"]), 2),
        asked_seconds=float(brief.request.get("target_seconds", 0)),
        failed=error.get("code", "cancelled" if video["status"] == "cancelled" else ""),
        reason=error.get("detail", ""),
        doubts=tuple(script.get("doubts", ())),
        cuts_planned=len(followers),
        cuts_carried=_count_carried(video, followers),
        scenes=tuple([await _describe_scene(api, scene, video) for scene in video["scenes"]]),
        usage=tuple(msgspec.convert(video["usage"]["items"], list[Usage])),
        judgement=await judge(api, video) if judge and video["status"] == "completed" else None,
    )


async def _follow(api: Api, video_id: str, *, render: bool) -> JsonObject:
    async for event in api.watch(video_id):
        if not render and str(event.get("type", "")).startswith("scene."):
            video = await api.video(video_id)
            if video["scenes"] and all(scene["status"] in ("coded", "rendered", "failed") for scene in video["scenes"]):
                return video
    return await api.video(video_id)


async def _read_script(api: Api, video_id: str) -> JsonObject:
    try:
        return await api.script(video_id)
    except ApiRefusal:  # the video failed before it had a script
        return {}


def _list_followers(script: JsonObject) -> list[int]:
    """The scenes into which the plan carries things, counted from 1."""
    return [
        number
        for number, before in enumerate(script.get("scenes", ())[:-1], 2)
        if (before.get("plan") or {}).get("carries")
    ]


def _count_carried(video: JsonObject, followers: list[int]) -> int:
    """How many scenes begin with what was carried into them: they have code, and no note says otherwise."""
    made = sum(int(scene["number"]) in followers and scene["code"] is not None for scene in video["scenes"])
    uncarried = sum(bool(note["code"] == "not-carried") for note in video["notes"])
    return max(0, made - uncarried)


async def _describe_scene(api: Api, scene: dict[str, Any], video: JsonObject) -> SceneTrial:
    return SceneTrial(
        number=scene["number"],
        origin=scene.get("origin") or "",
        status=scene["status"],
        attempts=tuple(
            AttemptResult(strategy=each["strategy"], rule=each.get("rule", "")) for each in scene["attempts"]
        ),
        degraded=(scene.get("degraded") or {}).get("code", ""),
        failed=(scene.get("error") or {}).get("code", ""),
        picture=await _measure(api, scene["footage"], video["options"]["aspect"]) if scene["footage"] else None,
    )


async def _measure(api: Api, footage: str, aspect: str) -> ScenePicture | None:
    """The picture of footage; None when it cannot be measured, which ends no evaluation."""
    with tempfile.TemporaryDirectory(prefix="lectern-eval-") as folder:
        file = Path(folder) / "footage.mp4"
        try:
            await api.download(footage, file)
            return await measure_picture(file, aspect)
        except (ApiRefusal, ProcessFailed, ValueError):
            return None
