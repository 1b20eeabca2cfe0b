"""Media: finished files and footage, whole or in ranges."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from lectern.gateway import problem_types
from lectern.gateway.deps import Deps
from lectern.gateway.object_response import OBJECT_RESPONSES, make_object_response
from lectern.gateway.refusals import refuse, refuse_state, refuse_unknown_scene
from lectern.gateway.video_log import read_video
from lectern.language.slugs import slug

router = APIRouter(tags=["media"])

Variant = Literal[
    "video",
    "captions_vtt",
    "captions_srt",
    "captions_ass",
    "chapters_vtt",
    "transcript",
    "transcript_json",
    "thumbnail",
]
_SUFFIXES = {
    "captions_vtt": ".vtt",
    "captions_srt": ".srt",
    "captions_ass": ".ass",
    "chapters_vtt": ".chapters.vtt",
    "video/mp4": ".mp4",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/json": ".json",
}


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
    completed = log.state.completed
    if completed is None:
        raise refuse_state(
            f"The video is {log.state.status().replace('_', ' ')}, not finished.",
            "Wait for the event video.completed; rendered scenes can be watched at …/scenes/{number}/footage.",
        )
    output = next((output for output in completed.outputs if output.kind == variant), None)
    if output is None:
        raise refuse(
            problem_types.NO_SUCH_OUTPUT,
            f"This video has no {variant.replace('_', ' ')}.",
            f"It has: {', '.join(output.kind for output in completed.outputs)}.",
        )
    plain_type = output.media_type.partition(";")[0]
    suffix = _SUFFIXES.get(output.kind) or _SUFFIXES.get(plain_type, "")
    name = slug(log.state.title(), "video") + suffix
    return await make_object_response(deps, request, output.key, output.media_type, name, download=download)


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
