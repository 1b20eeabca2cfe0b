"""Scripts: reading and editing them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response

from lectern.contracts import events as e
from lectern.contracts.script import Script
from lectern.gateway import examples, handlers, mapping
from lectern.gateway.clients import check_followed, parse_markdown
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse_media_type
from lectern.gateway.responses import make_json_response, make_video_response
from lectern.gateway.schemas import ScriptDocument, Video
from lectern.gateway.script_input import ReceivedScript, check_script, decode_markdown, parse_json
from lectern.gateway.script_store import MARKDOWN, read_markdown, read_script
from lectern.gateway.video_log import append_script_change, read_video

router = APIRouter(tags=["scripts"])

_EDIT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/ScriptEdit"},
                "example": examples.SCRIPT,
            },
            MARKDOWN: {"schema": {"type": "string"}, "example": "# The leaf\n\n## Light\n\nA leaf catches light.\n"},
        },
    }
}


@router.get(
    "/v1/videos/{video_id}/script",
    response_model=ScriptDocument,
    summary="Read the script",
    responses={
        200: {
            "description": "The script",
            "content": {
                "application/json": {"example": examples.SCRIPT},
                MARKDOWN: {"schema": {"type": "string"}},
            },
        },
        **describe_problems(404, 406, 409, 422, 503),
    },
)
async def show_script(
    deps: Deps,
    video_id: str,
    format: Annotated[Literal["json", "markdown"] | None, Query(description="for links, which send no Accept")] = None,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """JSON, or the Markdown form with `Accept: text/markdown`. Its ETag guards an edit by `If-Match`."""
    log = await read_video(deps, video_id)
    event = get_script_event(log.state)
    headers = {"ETag": f'"{event.revision}"', "Vary": "Accept", "Cache-Control": "private, no-cache"}
    if format == "markdown" or (format is None and MARKDOWN in accept):
        return Response(await read_markdown(deps, event.script_key), headers=headers, media_type=MARKDOWN)
    script = await read_script(deps.connections.store, event.script_key)
    body = mapping.map_script(event, script, approved=not log.state.awaits_approval())
    return make_json_response(body, headers=headers)


@router.put(
    "/v1/videos/{video_id}/script",
    response_model=Video,
    summary="Edit the script",
    openapi_extra=_EDIT_BODY,
    responses={
        **describe_json(202, Video, "The scenes that changed are being made", examples.VIDEO),
        **describe_json(200, Video, "Nothing changed, or the edit waits for approval", examples.VIDEO),
        **describe_problems(400, 404, 409, 412, 413, 415, 422, 503),
    },
)
async def edit_script(deps: Deps, video_id: str, request: Request, if_match: Annotated[str, Header()] = "") -> Response:
    """Accepts the whole script, as JSON or as Markdown. Scenes that did not change keep what they have."""
    log = await read_video(deps, video_id)
    in_force = get_script_event(log.state)
    received, markdown = await _parse_body(deps, request)
    script = received.script
    check_script(script)
    if {*_list_directions(script)} - {scene.direction for scene in in_force.scenes}:
        await check_followed(deps)
    handler = partial(
        handlers.edit,
        after=script,
        leaves_cast=received.leaves_cast,
        etag=_parse_etag(if_match),
        revision=received.revision,
    )
    log, event = await append_script_change(deps, video_id, handler, markdown=markdown)
    return make_video_response(log, 202 if isinstance(event, e.ScriptApproved) else 200)


def _list_directions(script: Script) -> list[str]:
    return [scene.plan.direction for scene in script.scenes if scene.plan.direction]


async def _parse_body(deps: GatewayDeps, request: Request) -> tuple[ReceivedScript, bytes | None]:
    """The script, and the Markdown it was written as."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    match media_type:
        case "text/markdown":
            markdown = decode_markdown(body)
            return ReceivedScript(script=await parse_markdown(deps, markdown)), markdown.encode()
        case "application/json":
            return parse_json(body), None
    raise refuse_media_type(media_type, "application/json", MARKDOWN)


def _parse_etag(header: str) -> int | None:
    """The revision in an If-Match header; None for none, and 0, which no script has, for a tag that is not ours."""
    tag = header.strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return None
    return int(tag) if tag.isascii() and tag.isdecimal() and len(tag) < 10 else 0
