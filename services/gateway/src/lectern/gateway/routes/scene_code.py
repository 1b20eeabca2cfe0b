"""The code of a scene: read, checked, and written by its user."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from lectern.contracts.events import CodeRef
from lectern.gateway import examples, handlers, problem_types, take_examples
from lectern.gateway.code_checks import PYTHON, check_code, map_verdict, read_source, refuse_code
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.handlers.own_code import find_code, find_narration, make_code_tag
from lectern.gateway.handlers.takes import find_take
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse
from lectern.gateway.responses import make_json_response, make_video_response
from lectern.gateway.schemas import CodeCheck, Video
from lectern.gateway.schemas.texts import LINES_PATTERN
from lectern.gateway.video_log import append_script_change, read_video
from lectern.markdown import limits
from lectern.worker import Missing

router = APIRouter(tags=["takes"])

_CODE = "/v1/videos/{video_id}/scenes/{number}/code"
_TAKE_CODE = "/v1/videos/{video_id}/scenes/{number}/takes/{revision}/code"
_SCHEMA = {"type": "string", "minLength": 1, "maxLength": limits.MANIM_CHARACTERS, "pattern": LINES_PATTERN}
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {PYTHON: {"schema": _SCHEMA, "example": take_examples.CODE}}}
}
_SOURCE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The source",
        "content": {PYTHON: {"schema": {"type": "string"}, "example": take_examples.CODE}},
        "headers": {
            "Lectern-Origin": {"schema": {"type": "string"}, "description": "who wrote it: author, template or model"}
        },
    },
    304: {"description": "Your copy is up to date"},
    **describe_problems(404, 409, 422, 503),
}


@router.get(_CODE, summary="Read a scene's code", response_class=Response, responses=_SOURCE)
async def show_code(deps: Deps, video_id: str, number: int, if_none_match: Annotated[str, Header()] = "") -> Response:
    """The Python source that the scene is drawn by. Its ETag guards an edit by `If-Match`."""
    log = await read_video(deps, video_id)
    return await _send_code(deps, find_code(log.state, number), if_none_match)


@router.get(_TAKE_CODE, summary="Read the code of a take", response_class=Response, responses=_SOURCE)
async def show_take_code(
    deps: Deps, video_id: str, number: int, revision: int, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """The Python source that the take was drawn by."""
    log = await read_video(deps, video_id)
    return await _send_code(deps, find_take(log.state, number, revision).code, if_none_match)


async def _send_code(deps: GatewayDeps, code: CodeRef, if_none_match: str) -> Response:
    headers = {"ETag": make_code_tag(code), "Cache-Control": "private, no-cache", "Lectern-Origin": code.origin}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    try:
        source = await deps.connections.store.get(code.key)
    except Missing:
        raise refuse(problem_types.GONE, "The code was written but has expired from the object store.") from None
    return Response(source, headers=headers, media_type=f"{PYTHON}; charset=utf-8")


@router.post(
    f"{_CODE}/check",
    response_model=CodeCheck,
    summary="Check code for a scene",
    openapi_extra=_BODY,
    responses={
        **describe_json(200, CodeCheck, "What was found", take_examples.CODE_CHECK),
        **describe_problems(404, 409, 413, 415, 422, 503),
    },
)
async def check_scene_code(deps: Deps, request: Request, video_id: str, number: int) -> Response:
    """Runs the code with the scene's narration and without drawing, about a tenth of a second. Nothing changes."""
    log = await read_video(deps, video_id)
    narration = find_narration(log.state, number)
    source = await read_source(request)
    return make_json_response(map_verdict(await check_code(deps, log, number, narration, source)))


@router.put(
    _CODE,
    status_code=202,
    response_model=Video,
    summary="Write a scene's code",
    openapi_extra=_BODY,
    responses={
        **describe_json(202, Video, "The scene is being rendered from it", examples.VIDEO),
        **describe_json(200, Video, "The scene is rendered from it already", examples.VIDEO),
        **describe_problems(404, 409, 412, 413, 415, 422, 503),
    },
)
async def put_code(
    deps: Deps, request: Request, video_id: str, number: int, if_match: Annotated[str, Header()] = ""
) -> Response:
    """Python source, up to 16,000 characters. What cannot be rendered is refused, with the lines that are at fault."""
    log = await read_video(deps, video_id)
    narration = find_narration(log.state, number)
    source = await read_source(request)
    check = map_verdict(await check_code(deps, log, number, narration, source))
    if not check.ok:
        raise refuse_code(check)
    handler = partial(handlers.write_code, number=number, source=source, checked_with=narration, if_match=if_match)
    log, event = await append_script_change(deps, video_id, handler)
    return make_video_response(log, 202 if event else 200)
