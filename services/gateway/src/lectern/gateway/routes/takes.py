"""The takes of a scene: every version of it that was rendered, to be compared and chosen from."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from lectern.contracts import events as e
from lectern.contracts.derived_files import NarrationCopy
from lectern.contracts.script import Script
from lectern.gateway import examples, handlers, problem_types, take_examples
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.derived import describe_scene_video, ensure_file
from lectern.gateway.handlers.takes import find_take, list_takes
from lectern.gateway.idempotency import IdempotencyKey
from lectern.gateway.mapping import map_take
from lectern.gateway.object_response import OBJECT_RESPONSES, make_object_response
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse, refuse_cursor
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import TakeList, Video
from lectern.gateway.script_changes import change_script_once
from lectern.gateway.script_store import read_script
from lectern.gateway.video_log import read_video
from lectern.worker import Missing, map_concurrently

router = APIRouter(tags=["takes"])

MAX_READS = 8  # of the store at once for one request
_TAKES = "/v1/videos/{video_id}/scenes/{number}/takes"
_TAKE = f"{_TAKES}/{{revision}}"
Download = Annotated[bool, Query(description="1 saves it as a file")]


@router.get(
    _TAKES,
    response_model=TakeList,
    summary="List the takes of a scene, newest first",
    responses={
        **describe_json(200, TakeList, "One page", take_examples.TAKE_LIST),
        **describe_problems(404, 422, 503),
    },
)
async def show_takes(
    deps: Deps,
    video_id: str,
    number: int,
    limit: Annotated[int, Query(ge=1, le=100, description="takes on a page")] = 20,
    after: Annotated[
        str,
        Query(description="`next_cursor` of the previous page", json_schema_extra={"pattern": "^([1-9][0-9]{0,8})?$"}),
    ] = "",
) -> Response:
    """A take is a version of the scene that was rendered, named by its revision. Choosing one makes no new one."""
    if after and not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise refuse_cursor()
    log = await read_video(deps, video_id)
    takes = [take for take in list_takes(log.state, number) if not after or take[0] < int(after)]
    page, more = takes[:limit], len(takes) > limit
    wanted = sorted({rendered.script_key for _, rendered in page})
    scripts = dict(
        zip(wanted, await map_concurrently(partial(_find_script, deps), wanted, limit=MAX_READS), strict=True)
    )
    in_force = log.state.take_in_force(number)
    return make_json_response(
        TakeList(
            data=[
                map_take(
                    video_id, number, revision, rendered, scripts[rendered.script_key], in_force=in_force == revision
                )
                for revision, rendered in page
            ],
            has_more=more,
            next_cursor=str(page[-1][0]) if more else None,
        )
    )


async def _find_script(deps: GatewayDeps, key: str) -> Script | None:
    try:
        return await read_script(deps.connections.store, key)
    except Missing:
        return None


@router.post(
    f"{_TAKE}/choose",
    status_code=202,
    response_model=Video,
    summary="Choose a take",
    responses={
        **describe_json(202, Video, "The video is composed anew with it", examples.VIDEO),
        **describe_json(200, Video, "It is in force already", examples.VIDEO),
        **describe_problems(404, 409, 422, 503),
    },
)
async def choose_take(
    deps: Deps, video_id: str, number: int, revision: int, idempotency_key: IdempotencyKey = ""
) -> Response:
    """Begins a revision in which the scene is what it was then, its words included. Nothing is made again."""
    log = await read_video(deps, video_id)
    take = find_take(log.state, number, revision)
    await _check_files(deps, take, revision)
    script = await _find_script(deps, take.script_key)
    if script is None:
        raise _refuse_expired(revision, "script")
    return await change_script_once(
        deps,
        video_id,
        partial(handlers.choose, number=number, revision=revision, script_of_take=script),
        operation=f"POST /v1/videos/{video_id}/scenes/{number}/takes/{revision}/choose",
        idempotency_key=idempotency_key,
    )


async def _check_files(deps: GatewayDeps, take: e.SceneRendered, revision: int) -> None:
    """Raises a 404 when a file that the take is composed from has expired."""
    files = {
        "footage": take.footage.key,
        "narration": take.narration.audio_key,
        "times of words": take.narration.key,
        "code": take.code.key,
    }
    found = await map_concurrently(deps.connections.store.head, tuple(files.values()), limit=MAX_READS)
    missing = [name for name, info in zip(files, found, strict=True) if info is None]
    if missing:
        raise _refuse_expired(revision, " and ".join(missing))


def _refuse_expired(revision: int, what: str) -> Exception:
    return refuse(
        problem_types.GONE,
        f"The {what} of the take of revision {revision} expired from the object store.",
        "Choose another take, or have the scene made again with POST …/redo.",
    )


@router.head(f"{_TAKE}/footage", include_in_schema=False)
@router.get(
    f"{_TAKE}/footage", summary="Watch a take, without sound", response_class=Response, responses=OBJECT_RESPONSES
)
async def send_take_footage(
    deps: Deps, request: Request, video_id: str, number: int, revision: int, download: Download = False
) -> Response:
    """What was rendered in this revision, whatever is in force now."""
    log = await read_video(deps, video_id)
    take = find_take(log.state, number, revision)
    name = f"scene-{number}-take-{revision}.mp4"
    return await make_object_response(deps, request, take.footage.key, "video/mp4", name, download=download)


@router.head(f"{_TAKE}/video", include_in_schema=False)
@router.get(
    f"{_TAKE}/video", summary="Watch a take with its voice", response_class=Response, responses=OBJECT_RESPONSES
)
async def send_take_video(
    deps: Deps, request: Request, video_id: str, number: int, revision: int, download: Download = False
) -> Response:
    """Made when it is first asked for, as the scene's own `video` is."""
    log = await read_video(deps, video_id)
    key = await ensure_file(deps, log, describe_scene_video(find_take(log.state, number, revision)))
    name = f"scene-{number}-take-{revision}.mp4"
    return await make_object_response(deps, request, key, "video/mp4", name, download=download)


@router.head(f"{_TAKE}/narration", include_in_schema=False)
@router.get(f"{_TAKE}/narration", summary="Hear a take", response_class=Response, responses=OBJECT_RESPONSES)
async def send_take_narration(
    deps: Deps,
    request: Request,
    video_id: str,
    number: int,
    revision: int,
    format: Annotated[Literal["m4a", "flac"], Query(description="m4a for players, flac for the original")] = "m4a",
    download: Download = False,
) -> Response:
    """Mono, -14 LUFS."""
    log = await read_video(deps, video_id)
    narration = find_take(log.state, number, revision).narration
    name = f"scene-{number}-take-{revision}.{format}"
    if format == "flac":
        return await make_object_response(deps, request, narration.audio_key, "audio/flac", name, download=download)
    key = await ensure_file(deps, log, NarrationCopy(audio_key=narration.audio_key))
    return await make_object_response(deps, request, key, "audio/mp4", name, download=download)
