"""Media: finished files and footage, whole or in ranges."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lectern.gateway.deps import Deps
from lectern.gateway.object_response import OBJECT_RESPONSES, make_object_response
from lectern.gateway.output_response import Variant, make_output_response
from lectern.gateway.refusals import refuse_state, refuse_unknown_scene
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["media"])


@router.head("/v1/videos/{video_id}/content", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/content",
    summary="Watch or download a finished file",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_output(
    deps: Deps,
    request: Request,
    video_id: str,
    variant: Annotated[Variant, Query(description="which file")] = "video",
    download: Annotated[bool, Query(description="1 saves it under the video's title")] = False,
) -> Response:
    """Supports ranges, so players can seek. While a new revision is made the previous one stays available."""
    log = await read_video(deps, video_id)
    return await make_output_response(deps, request, log, variant, download=download)


@router.head("/v1/videos/{video_id}/scenes/{number}/footage", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/scenes/{number}/footage",
    summary="Watch one scene, without sound, as soon as it is rendered",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_footage(
    deps: Deps,
    request: Request,
    video_id: str,
    number: int,
    download: Annotated[bool, Query(description="1 saves it as a file")] = False,
) -> Response:
    """Scene 1 can be watched while scene 5 renders."""
    log = await read_video(deps, video_id)
    count = log.state.scene_count()
    if count and not 1 <= number <= count:
        raise refuse_unknown_scene(number, count)
    scene = log.state.scene(number)
    if not count or scene.rendered is None:
        raise refuse_state(
            f"Scene {number} is {scene.status()}, not rendered.",
            f"Wait for scene.rendered of scene {number}.",
        )
    key, name = scene.rendered.footage.key, f"scene-{number}.mp4"
    return await make_object_response(deps, request, key, "video/mp4", name, download=download)
