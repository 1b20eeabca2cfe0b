"""What a video would take, before anything is spent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from lectern.gateway import examples, examples_of_work, handlers, take_examples
from lectern.gateway.admission import check_assets, check_logo, check_music, check_voice
from lectern.gateway.clients import check_followed
from lectern.gateway.deps import Deps
from lectern.gateway.estimating import estimate_dub, estimate_request
from lectern.gateway.estimating_changes import estimate_redo, estimate_variant
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.schemas import DubRequest, Estimate, EstimateList, RedoRequest, VariantsRequest, VideoRequest
from lectern.gateway.script_store import read_script
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["videos"], route_class=JsonRoute)


@router.post(
    "/v1/videos/estimate",
    summary="Estimate what a video would take",
    responses={
        **describe_json(200, Estimate, "Nothing is begun or spent", examples_of_work.ESTIMATE),
        **describe_problems(400, 413, 415, 422, 503),
    },
)
async def estimate_video(
    deps: Deps, body: Annotated[VideoRequest, Body(openapi_examples=examples.VIDEO_REQUESTS)]
) -> Estimate:
    """Takes the body of `POST /v1/videos`. Scenes, length, time and cost as ranges, with what they are based on."""
    await check_assets(deps, body.document)
    await check_voice(deps, body.options.voice)
    await check_music(deps, body.options.music)
    await check_logo(deps, body.options.brand)
    return await estimate_request(deps, body)


@router.post(
    "/v1/videos/{video_id}/dub/estimate",
    summary="Estimate what a dub would take",
    responses={
        **describe_json(200, Estimate, "Nothing is begun or spent", examples_of_work.ESTIMATE),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def estimate_dubbing(
    deps: Deps, video_id: str, body: Annotated[DubRequest, Body(openapi_examples=examples.DUB_REQUESTS)]
) -> Estimate:
    """Takes the body of `POST …/dub`."""
    log = await read_video(deps, video_id)
    get_script_event(log.state)
    await check_assets(deps, body.document)
    await check_voice(deps, body.voice, "/voice")
    return await estimate_dub(deps, log, handlers.dub(log, body, video_id), translated=body.document is not None)


@router.post(
    "/v1/videos/{video_id}/variants/estimate",
    summary="Estimate what variants would take",
    responses={
        **describe_json(200, EstimateList, "Nothing is begun or spent", examples_of_work.ESTIMATE_LIST),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def estimate_variants(
    deps: Deps,
    video_id: str,
    body: Annotated[VariantsRequest, Body(openapi_examples=take_examples.VARIANTS_REQUESTS)],
) -> EstimateList:
    """Takes the body of `POST …/variants`. What the original has already costs nothing."""
    log = await read_video(deps, video_id)
    script = await read_script(deps.connections.store, get_script_event(log.state).script_key)
    estimates = []
    for place, wanted in enumerate(body.variants):
        await check_voice(deps, wanted.voice, f"/variants/{place}/voice")
        await check_music(deps, wanted.music, f"/variants/{place}/music")
        await check_logo(deps, wanted.brand, f"/variants/{place}/brand")
        requested = handlers.vary(log, script, wanted, place, video_id)
        estimates.append(await estimate_variant(deps, log, script, requested))
    return EstimateList(data=estimates)


@router.post(
    "/v1/videos/{video_id}/scenes/{number}/redo/estimate",
    summary="Estimate what a redo would take",
    responses={
        **describe_json(200, Estimate, "Nothing is begun or spent", examples_of_work.ESTIMATE),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def estimate_scene_redo(
    deps: Deps,
    video_id: str,
    number: int,
    body: Annotated[RedoRequest | None, Body(openapi_examples=take_examples.REDO_REQUESTS)] = None,
) -> Estimate:
    """Takes the body of `POST …/redo`. The length is that of the scene; composing the video anew is counted in."""
    log = await read_video(deps, video_id)
    script = await read_script(deps.connections.store, get_script_event(log.state).script_key)
    if body and body.voice:
        await check_voice(deps, body.voice, "/voice")
    if body and body.direction:
        await check_followed(deps)
    return await estimate_redo(deps, log, handlers.redo(log, script, number, body), number)
