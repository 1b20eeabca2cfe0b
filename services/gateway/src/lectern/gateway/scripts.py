"""Scripts: reading, editing, approving; doing a scene or what failed again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import nats.errors
from fastapi import APIRouter, Header, Request, Response

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.problems import FieldError, Problem
from lectern.contracts.script import Beat, Script
from lectern.contracts.state import VideoState
from lectern.gateway import documentation as docs
from lectern.gateway import mapping
from lectern.gateway import models as m
from lectern.gateway.context import Gateway, Known, TheGateway, decide, read_video
from lectern.gateway.refusals import Refusal, invalid, refusal, wrong_state
from lectern.gateway.validation import unfitting, unknown_fields, unsupported_media_type
from lectern.gateway.videos import video_response
from lectern.worker import Missing

router = APIRouter(tags=["scripts"])

PARSE = "script.parse"  # core NATS request/reply: Markdown in, {"script": …} or {"problem": …} out; scripters answer
MARKDOWN = "text/markdown"
SCENE_LIMIT, BEAT_LIMIT = 60, 40  # more is a course, not a video
_PARSE_SECONDS = 10.0
ScriptFact = e.VideoScripted | e.ScriptApproved


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What the scripter makes of Markdown."""

    script: Script | None = None
    problem: Problem | None = None


def markdown_key(script_key: str) -> str:
    """Where a script's Markdown form lies: beside the JSON."""
    return script_key.removesuffix(".json") + ".md"


def script_of(state: VideoState) -> ScriptFact:
    """The script in force. Raises a 409 before there is one."""
    script = state.script()
    if script is None:
        failed = state.status() in ("failed", "cancelled")
        remedy = "POST …/retry to start over." if failed else "Wait for the event video.scripted, then try again."
        raise wrong_state("The video has no script yet.", remedy)
    return script


async def _load(gateway: Gateway, script: ScriptFact) -> Script:
    return await gateway.infra.store.get_json(script.script_key, Script)


def _check_revision(script: ScriptFact, wanted: int | None, *, status: int = 409) -> None:
    if wanted is not None and wanted != script.revision:
        raise refusal(
            status,
            "stale-script" if status == 409 else "precondition-failed",
            "The script has changed meanwhile",
            f"You saw revision {wanted} of the script; it is at revision {script.revision} now.",
            "GET the script again, look at what changed, and repeat your edit on it.",
        )


def checked(script: Script) -> Script:
    """The script, if a video can be made from it. Raises a 422 naming every place that is wrong."""
    errors = []
    if not script.title.strip() or len(script.title) > 200:
        errors.append(FieldError(pointer="/title", detail="needs 1 to 200 characters"))
    if not 1 <= len(script.scenes) <= SCENE_LIMIT:
        errors.append(FieldError(pointer="/scenes", detail=f"needs 1 to {SCENE_LIMIT} scenes"))
    for index, scene in enumerate(script.scenes):
        if len(scene.title) > 200:
            errors.append(FieldError(pointer=f"/scenes/{index}/title", detail="needs at most 200 characters"))
        if not 1 <= len(scene.beats) <= BEAT_LIMIT:
            errors.append(FieldError(pointer=f"/scenes/{index}/beats", detail=f"needs 1 to {BEAT_LIMIT} beats"))
        errors += [
            FieldError(
                pointer=f"/scenes/{index}/beats/{place}/text",
                detail=f"needs 1 to {m.NARRATION_LIMIT} characters; delete a beat that says nothing",
            )
            for place, beat in enumerate(scene.beats)
            if not beat.text.strip() or len(beat.said()) > m.NARRATION_LIMIT
        ]
    if errors:
        raise invalid(*errors)
    return script


def _read_json(body: bytes) -> tuple[Script, int | None]:
    """The script in a PUT body, and the revision it says it is an edit of."""
    try:
        given: Any = msgspec.json.decode(body)
    except ValueError as error:
        raise refusal(
            400, "malformed-request", "The body is not JSON", f"{error}.", "Send a JSON object in UTF-8."
        ) from error
    revision = None
    if isinstance(given, dict):
        revision = given.pop("revision", None)
        given.pop("approved", None)
        if revision is not None and not isinstance(revision, int):
            raise invalid(FieldError(pointer="/revision", detail="must be the number that GET gave, or left out"))
    try:
        script = msgspec.convert(given, Script)
    except msgspec.ValidationError as error:
        raise unfitting(error) from error
    if errors := unknown_fields(given, msgspec.to_builtins(script)):
        raise invalid(*errors)
    return script, revision


async def _parse(gateway: Gateway, markdown: bytes) -> Script:
    try:
        reply = await gateway.infra.nats.request(PARSE, markdown, timeout=_PARSE_SECONDS)
        parsed = msgspec.json.decode(reply.data, type=Parsed)
    except (nats.errors.NoRespondersError, nats.errors.TimeoutError) as error:
        raise refusal(
            503,
            "dependency-unavailable",
            "No scripter answers",
            "Markdown is read by a scripter, and none answers.",
            "Try again in a few seconds, or send the script as JSON.",
            retry_after=5,
        ) from error
    if parsed.problem:
        raise Refusal(422, parsed.problem)
    if parsed.script is None:
        raise ValueError("the scripter answered neither a script nor a problem")
    return parsed.script


def _if_match(header: str | None) -> int | None:
    tag = (header or "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return None
    return int(tag) if tag.isascii() and tag.isdecimal() and len(tag) < 10 else 0


@router.get(
    "/v1/videos/{video_id}/script",
    response_model=m.ScriptDocument,
    summary="Read the script",
    responses={**docs.answers(200, "The script", docs.SCRIPT), **docs.problems(404, 409, 503)},
)
async def show(gateway: TheGateway, video_id: str, accept: Annotated[str, Header()] = "") -> Response:
    """JSON, or the Markdown form with `Accept: text/markdown`. Its ETag guards an edit by `If-Match`."""
    known = await read_video(gateway, video_id)
    fact = script_of(known.state)
    headers = {"ETag": f'"{fact.revision}"', "Vary": "Accept", "Cache-Control": "no-cache"}
    if MARKDOWN in accept:
        try:
            markdown = await gateway.infra.store.get(markdown_key(fact.script_key))
        except Missing as error:
            raise refusal(
                406,
                "no-markdown-form",
                "This script has no Markdown form",
                "The script was last edited as JSON, so no Markdown of it is kept.",
                "Ask for it with Accept: application/json.",
            ) from error
        return Response(markdown, headers=headers, media_type=MARKDOWN)
    script = await _load(gateway, fact)
    body = {
        "revision": fact.revision,
        "approved": not known.state.awaits_approval(),
        **msgspec.to_builtins(script),
    }
    return Response(msgspec.json.encode(body), headers=headers, media_type="application/json")


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ScriptDocument"}, "example": docs.SCRIPT},
            MARKDOWN: {"schema": {"type": "string"}, "example": "# The leaf\n\n## Light\n\nA leaf catches light.\n"},
        },
    }
}


@router.put(
    "/v1/videos/{video_id}/script",
    response_model=m.Video,
    summary="Edit the script",
    openapi_extra=_BODY,
    responses={
        **docs.answers(202, "The scenes that changed are made anew", docs.VIDEO),
        **docs.answers(200, "Nothing changed, or the edit waits for approval", docs.VIDEO),
        **docs.problems(400, 404, 409, 412, 413, 415, 422, 503),
    },
)
async def edit(
    gateway: TheGateway, video_id: str, request: Request, if_match: Annotated[str | None, Header()] = None
) -> Response:
    """Takes the whole script, as JSON or as Markdown. Scenes that did not change keep what they have."""
    known = await read_video(gateway, video_id)
    script_of(known.state)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    markdown: bytes | None = None
    revision = None
    if media_type == MARKDOWN:
        markdown, script = body, await _parse(gateway, body)
    elif media_type == "application/json":
        script, revision = _read_json(body)
    else:
        raise unsupported_media_type(media_type, "application/json", MARKDOWN)
    checked(script)
    key = keys.script(video_id, keys.digest(script))

    async def decision(known: Known) -> e.AnyEvent | None:
        fact = script_of(known.state)
        _check_revision(fact, _if_match(if_match), status=412)
        _check_revision(fact, revision)
        before = await _load(gateway, fact)
        if before == script:
            return None
        await gateway.infra.store.put_json(key, script)
        if markdown is not None:
            await gateway.infra.store.put(markdown_key(key), markdown, MARKDOWN)
        if known.state.awaits_approval():
            _refuse_ended_review(known.state)
            return _scripted(known, fact, key, script)
        return _approved(known, fact, key, script, _changed(before, script))

    after = await decide(gateway, video_id, decision)
    started = after.last != known.last and not after.state.awaits_approval()
    return video_response(after, 202 if started else 200)


def _refuse_ended_review(state: VideoState) -> None:
    if state.outcome() is not None:
        raise wrong_state(
            f"The video was {state.status()} while its script waited for approval.", "POST …/retry to take it up again."
        )


def _changed(before: Script, after: Script) -> list[int]:
    """Numbers of the scenes to make anew. Cutting the last scenes changes none: then one is joined again as it is."""
    everything = before.language != after.language
    return [
        number
        for number in range(1, len(after.scenes) + 1)
        if everything or number > len(before.scenes) or before.scene(number) != after.scene(number)
    ] or [1]


def _scripted(known: Known, fact: ScriptFact, key: str, script: Script) -> e.VideoScripted:
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


def _approved(
    known: Known, fact: ScriptFact, key: str, script: Script, plan: Iterable[int], *, fresh: bool = False
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

    async def decision(known: Known) -> e.AnyEvent | None:
        nonlocal decided
        fact = script_of(known.state)
        _check_revision(fact, wanted)
        if isinstance(fact, e.ScriptApproved):
            return None
        if not known.state.awaits_approval():
            raise wrong_state(
                "This video goes on without approval.", 'Ask for a video with "review": true to approve its script.'
            )
        _refuse_ended_review(known.state)
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

    async def decision(known: Known) -> e.AnyEvent:
        fact = script_of(known.state)
        if known.state.awaits_approval():
            raise wrong_state("The script waits for approval.", "Edit it with PUT …/script, then POST …/approve.")
        before = await _load(gateway, fact)
        if not 1 <= number <= len(before.scenes):
            raise no_scene(number, len(before.scenes))
        script = _reworded(before, number, narration) if narration else before
        key = fact.script_key
        if script != before:
            checked(script)
            key = keys.script(video_id, keys.digest(script))
            await gateway.infra.store.put_json(key, script)
        return _approved(known, fact, key, script, [number], fresh=script == before)

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

    async def decision(known: Known) -> e.AnyEvent:
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
        script = await _load(gateway, fact)
        if state.awaits_approval():
            return _scripted(known, fact, fact.script_key, script)
        return _approved(known, fact, fact.script_key, script, unfinished or range(1, len(script.scenes) + 1))

    return video_response(await decide(gateway, video_id, decision), 202)


def _requested_again(known: Known) -> e.VideoRequested:
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
