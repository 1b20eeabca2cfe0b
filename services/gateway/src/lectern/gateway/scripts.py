"""Scripts: reading and editing them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request, Response

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.gateway import documentation as docs
from lectern.gateway import models as m
from lectern.gateway.context import TheGateway, decide, read_video
from lectern.gateway.rounds import (
    check_revision,
    load_script,
    next_round,
    refuse_ended_review,
    script_of,
    scripted_again,
)
from lectern.gateway.scripttext import MARKDOWN, checked, markdown_key, markdown_of, read_json, read_markdown
from lectern.gateway.validation import unsupported_media_type
from lectern.gateway.videos import video_response

router = APIRouter(tags=["scripts"])


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
        return Response(await markdown_of(gateway, fact.script_key), headers=headers, media_type=MARKDOWN)
    script = await load_script(gateway, fact)
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
        markdown, script = body, await read_markdown(gateway, body)
    elif media_type == "application/json":
        script, revision = read_json(body)
    else:
        raise unsupported_media_type(media_type, "application/json", MARKDOWN)
    checked(script)
    key = keys.script(video_id, keys.digest(script))

    async def decision(known: VideoLog) -> e.AnyEvent | None:
        fact = script_of(known.state)
        check_revision(fact, _if_match(if_match), status=412)
        check_revision(fact, revision)
        before = await load_script(gateway, fact)
        if before == script:
            return None
        await gateway.connections.store.put_json(key, script)
        if markdown is not None:
            await gateway.connections.store.put(markdown_key(key), markdown, MARKDOWN)
        if known.state.awaits_approval():
            refuse_ended_review(known.state)
            return scripted_again(known, fact, key, script)
        return next_round(known, fact, key, script, _changed(before, script))

    after = await decide(gateway, video_id, decision)
    started = after.last != known.last and not after.state.awaits_approval()
    return video_response(after, 202 if started else 200)


def _changed(before: Script, after: Script) -> list[int]:
    """Numbers of the scenes to make anew. Cutting the last scenes changes none: then one is joined again as it is."""
    everything = before.language != after.language
    return [
        number
        for number in range(1, len(after.scenes) + 1)
        if everything or number > len(before.scenes) or before.scene(number) != after.scene(number)
    ] or [1]
