"""Rounds of work on a video: approving its script, making a scene again, trying again what failed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from fastapi import APIRouter, Response

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Beat, Script
from lectern.contracts.state import VideoState
from lectern.gateway import documentation as docs
from lectern.gateway import mapping
from lectern.gateway import models as m
from lectern.gateway.context import Gateway, TheGateway, decide
from lectern.gateway.refusals import Refusal, refusal, wrong_state
from lectern.gateway.scripttext import checked
from lectern.gateway.videos import video_response

router = APIRouter(tags=["scripts"])

ScriptFact = e.VideoScripted | e.ScriptApproved


def script_of(state: VideoState) -> ScriptFact:
    """The script in force. Raises a 409 before there is one."""
    script = state.script()
    if script is None:
        failed = state.status() in ("failed", "cancelled")
        remedy = "POST …/retry to start over." if failed else "Wait for the event video.scripted, then try again."
        raise wrong_state("The video has no script yet.", remedy)
    return script


async def load_script(gateway: Gateway, script: ScriptFact) -> Script:
    """The text of the script that an event names."""
    return await gateway.connections.store.get_json(script.script_key, Script)


def check_revision(script: ScriptFact, wanted: int | None, *, status: int = 409) -> None:
    """Raises a 409 (or `status`) when the script is no longer the one its editor saw."""
    if wanted is not None and wanted != script.revision:
        raise refusal(
            status,
            "stale-script" if status == 409 else "precondition-failed",
            "The script has changed meanwhile",
            f"You saw revision {wanted} of the script; it is at revision {script.revision} now.",
            "GET the script again, look at what changed, and repeat your edit on it.",
        )


def refuse_ended_review(state: VideoState) -> None:
    """Raises a 409 for a script that waits in a video which has ended."""
    if state.outcome() is not None:
        raise wrong_state(
            f"The video was {state.status()} while its script waited for approval.", "POST …/retry to take it up again."
        )


def scripted_again(known: VideoLog, fact: ScriptFact, key: str, script: Script) -> e.VideoScripted:
    """The next round of work, which begins with waiting for approval."""
    return e.VideoScripted(
        video_id=known.video_id,
        lane=known.lane,
        revision=known.state.revision() + 1,
        script_key=key,
        title=script.title,
        scenes=mapping.titles_of(script),
        options=fact.options,
        assets=fact.assets,
        review=True,
    )


def next_round(
    known: VideoLog, fact: ScriptFact, key: str, script: Script, plan: Iterable[int], *, fresh: bool = False
) -> e.ScriptApproved:
    """The next round of work. After a failure or cancellation what nobody works on any more joins the plan."""
    abandoned = {
        number
        for number in range(1, len(script.scenes) + 1)
        if isinstance(known.state.outcome(), e.VideoFailed | e.VideoCancelled)
        and known.state.scene(number).status() != "rendered"
    }
    return e.ScriptApproved(
        video_id=known.video_id,
        lane=known.lane,
        revision=known.state.revision() + 1,
        script_key=key,
        title=script.title,
        scenes=mapping.titles_of(script),
        plan=tuple(sorted({*plan} | abandoned)),
        options=fact.options,
        assets=fact.assets,
        fresh=fresh,
    )


@router.post(
    "/v1/videos/{video_id}/approve",
    status_code=202,
    response_model=m.Video,
    summary="Approve the script",
    responses={
        **docs.answers(202, "The scenes are being made", docs.VIDEO),
        **docs.answers(200, "It was approved before", docs.VIDEO),
        **docs.problems(404, 409, 422, 503),
    },
)
async def approve(gateway: TheGateway, video_id: str, body: m.Approve | None = None) -> Response:
    """Lets a video go on that was asked for with `review`."""
    wanted = body.script_revision if body else None
    decided = False

    async def decision(known: VideoLog) -> e.AnyEvent | None:
        nonlocal decided
        fact = script_of(known.state)
        check_revision(fact, wanted)
        if isinstance(fact, e.ScriptApproved):
            return None
        if not known.state.awaits_approval():
            raise wrong_state(
                "This video goes on without approval.", 'Ask for a video with "review": true to approve its script.'
            )
        refuse_ended_review(known.state)
        decided = True
        return e.ScriptApproved(
            video_id=video_id,
            lane=known.lane,
            revision=known.state.revision(),
            script_key=fact.script_key,
            title=fact.title,
            scenes=fact.scenes,
            plan=tuple(range(1, len(fact.scenes) + 1)),
            options=fact.options,
            assets=fact.assets,
        )

    after = await decide(gateway, video_id, decision)
    return video_response(after, 202 if decided else 200)


@router.post(
    "/v1/videos/{video_id}/scenes/{number}/redo",
    status_code=202,
    response_model=m.Video,
    summary="Make one scene again",
    responses={
        **docs.answers(202, "The scene is being made again", docs.VIDEO),
        **docs.problems(404, 409, 422, 503),
    },
)
async def redo(gateway: TheGateway, video_id: str, number: int, body: m.Redo | None = None) -> Response:
    """With `narration` the scene gets new words; without, the same words are worked on afresh. Others stay."""
    narration = body.narration if body else None

    async def decision(known: VideoLog) -> e.AnyEvent:
        fact = script_of(known.state)
        if known.state.awaits_approval():
            raise wrong_state("The script waits for approval.", "Edit it with PUT …/script, then POST …/approve.")
        before = await load_script(gateway, fact)
        if not 1 <= number <= len(before.scenes):
            raise no_scene(number, len(before.scenes))
        script = _reworded(before, number, narration) if narration else before
        key = fact.script_key
        if script != before:
            checked(script)
            key = keys.script(video_id, keys.digest(script))
            await gateway.connections.store.put_json(key, script)
        return next_round(known, fact, key, script, [number], fresh=script == before)

    return video_response(await decide(gateway, video_id, decision), 202)


def no_scene(number: int, count: int) -> Refusal:
    """404: the script has no such scene."""
    return refusal(
        404, "no-such-scene", "No such scene", f"There is no scene {number}.", f"The video has scenes 1 to {count}."
    )


def _reworded(script: Script, number: int, narration: list[str]) -> Script:
    """The script with other words in one scene. A beat whose words stay keeps how they are spoken."""
    scene = script.scene(number)
    spoken = {beat.text: beat for beat in scene.beats}
    beats = tuple(spoken.get(text, Beat(text=text)) for text in narration)
    scenes = list(script.scenes)
    scenes[number - 1] = msgspec.structs.replace(scene, beats=beats)
    return msgspec.structs.replace(script, scenes=tuple(scenes))


@router.post(
    "/v1/videos/{video_id}/retry",
    status_code=202,
    response_model=m.Video,
    summary="Try again what failed",
    responses={
        **docs.answers(202, "Work goes on", docs.VIDEO),
        **docs.problems(404, 409, 503),
    },
)
async def retry(gateway: TheGateway, video_id: str) -> Response:
    """For a video that failed or was cancelled: makes the scenes that are missing, or starts over without a script."""

    async def decision(known: VideoLog) -> e.AnyEvent:
        state = known.state
        unfinished = [number for number, facts in state.scenes().items() if facts.status() != "rendered"]
        if state.outcome() is None:
            raise wrong_state("The video is still being made.", "Wait for it to end, or cancel it first.")
        if isinstance(state.outcome(), e.VideoCompleted) and not unfinished:
            raise wrong_state(
                "The video is complete; nothing in it failed.", "POST …/scenes/{number}/redo makes one scene again."
            )
        fact = state.script()
        if fact is None:
            return _requested_again(known)
        script = await load_script(gateway, fact)
        if state.awaits_approval():
            return scripted_again(known, fact, fact.script_key, script)
        return next_round(known, fact, fact.script_key, script, unfinished or range(1, len(script.scenes) + 1))

    return video_response(await decide(gateway, video_id, decision), 202)


def _requested_again(known: VideoLog) -> e.VideoRequested:
    requested = known.state.requested
    if requested is None:
        raise wrong_state("What was asked for is no longer in the log.", "Ask for a new video with POST /v1/videos.")
    return e.VideoRequested(
        video_id=known.video_id,
        lane=known.lane,
        revision=known.state.revision() + 1,
        brief=requested.brief,
        options=requested.options,
    )
