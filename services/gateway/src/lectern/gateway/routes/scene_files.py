"""The files of one scene, each as soon as its stage has made it: with its voice, a picture, its narration and words."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response

from lectern.contracts import events as e
from lectern.contracts.derived_files import NarrationCopy
from lectern.contracts.log import VideoLog
from lectern.contracts.narration import Narration
from lectern.contracts.state import SceneEvents
from lectern.gateway import examples_of_work
from lectern.gateway.deps import Deps
from lectern.gateway.derived import describe_scene_video, describe_still, ensure_file
from lectern.gateway.object_response import OBJECT_RESPONSES, make_object_response
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse_state, refuse_unknown_scene
from lectern.gateway.responses import make_json_response
from lectern.gateway.scene_words import map_words
from lectern.gateway.schemas import SceneWords
from lectern.gateway.script_store import read_script
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["media"])

_VIDEO, _STILL, _NARRATION, _WORDS = (
    f"/v1/videos/{{video_id}}/scenes/{{number}}/{name}" for name in ("video", "still", "narration", "words")
)
Download = Annotated[bool, Query(description="1 saves it as a file")]


@router.head(_VIDEO, include_in_schema=False)
@router.get(
    _VIDEO,
    summary="Watch one scene with its voice, as soon as it is rendered",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_scene_video(
    deps: Deps, request: Request, video_id: str, number: int, download: Download = False
) -> Response:
    """Made when it is first asked for: the picture is copied and the narration laid under it, without music."""
    log = await read_video(deps, video_id)
    key = await ensure_file(deps, log, describe_scene_video(_find_rendered(log, number)))
    return await make_object_response(deps, request, key, "video/mp4", f"scene-{number}.mp4", download=download)


@router.head(_STILL, include_in_schema=False)
@router.get(
    _STILL,
    summary="See a picture of one scene, as soon as it is rendered",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_still(deps: Deps, request: Request, video_id: str, number: int, download: Download = False) -> Response:
    """A JPEG of 640 pixels on its longer edge, from near the scene's end."""
    log = await read_video(deps, video_id)
    key = await ensure_file(deps, log, describe_still(_find_rendered(log, number)))
    return await make_object_response(deps, request, key, "image/jpeg", f"scene-{number}.jpg", download=download)


@router.head(_NARRATION, include_in_schema=False)
@router.get(
    _NARRATION,
    summary="Hear one scene, as soon as it is spoken",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_narration(
    deps: Deps,
    request: Request,
    video_id: str,
    number: int,
    format: Annotated[Literal["m4a", "flac"], Query(description="m4a for players, flac for the original")] = "m4a",
    download: Download = False,
) -> Response:
    """Mono, -14 LUFS."""
    log = await read_video(deps, video_id)
    narration = _find_narration(_find_scene(log, number), number)
    name = f"scene-{number}.{format}"
    if format == "flac":
        key = narration.audio_key
        return await make_object_response(deps, request, key, "audio/flac", name, download=download)
    key = await ensure_file(deps, log, NarrationCopy(audio_key=narration.audio_key))
    return await make_object_response(deps, request, key, "audio/mp4", name, download=download)


@router.get(
    _WORDS,
    response_model=SceneWords,
    summary="Read when each word of one scene is spoken",
    responses={
        **describe_json(200, SceneWords, "The scene's words", examples_of_work.SCENE_WORDS),
        304: {"description": "Your copy is up to date"},
        **describe_problems(404, 409, 422, 503),
    },
)
async def show_words(deps: Deps, video_id: str, number: int, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Times in seconds from the start of the scene. The finished video has them all: `variant=transcript_json`."""
    log = await read_video(deps, video_id)
    scene = _find_scene(log, number)
    reference = _find_narration(scene, number)
    made_from = scene.rendered or scene.coded or scene.narrated
    assert made_from is not None
    etag = f'"{reference.key.rpartition("/")[2].partition(".")[0]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    narration = await deps.connections.store.get_json(reference.key, Narration)
    script = await read_script(deps.connections.store, made_from.script_key)
    return make_json_response(map_words(number, narration, script), headers=headers)


def _find_scene(log: VideoLog, number: int) -> SceneEvents:
    count = log.state.scene_count()
    if count and not 1 <= number <= count:
        raise refuse_unknown_scene(number, count)
    return log.state.scene(number)


def _find_rendered(log: VideoLog, number: int) -> e.SceneRendered:
    scene = _find_scene(log, number)
    if scene.rendered is None:
        raise refuse_state(
            f"Scene {number} is {scene.status()}, not rendered.", f"Wait for scene.rendered of scene {number}."
        )
    return scene.rendered


def _find_narration(scene: SceneEvents, number: int) -> e.NarrationRef:
    narration = scene.narration()
    if narration is None:
        raise refuse_state(
            f"Scene {number} is {scene.status()}, not spoken yet.", f"Wait for scene.narrated of scene {number}."
        )
    return narration
