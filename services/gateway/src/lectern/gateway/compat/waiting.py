"""Ask and wait: `POST /create-video` answers with the finished video, `POST /generate-script` with the script."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Scene
from lectern.contracts.state import VideoState
from lectern.gateway import handlers, mapping
from lectern.gateway.admission import check_assets
from lectern.gateway.compat.answers import answer, check_enabled, make_request, read_fields, refuse_older
from lectern.gateway.compat.schemas import FinishedVideo, NumberedScene, OlderError, SceneList, describe_body
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.enqueue import enqueue_video
from lectern.gateway.idempotency import IdempotencyKey
from lectern.gateway.refusals import Refusal
from lectern.gateway.script_store import read_script
from lectern.gateway.waiting import Condition, is_settled, parse_preference, wait_until

router = APIRouter(tags=["older clients"], dependencies=[Depends(check_enabled)], deprecated=True)

_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": OlderError, "description": "Nothing was begun"} for status in (400, 409, 429, 503)
}


def choose_wait(deps: Deps, prefer: Annotated[str, Header()] = "") -> float:
    """Seconds to wait: what the client prefers, else the setting."""
    return parse_preference(prefer) or deps.settings.compat_wait


Wait = Annotated[float, Depends(choose_wait)]


@router.post(
    "/create-video",
    response_model=FinishedVideo,
    summary="Make a video and wait for it",
    responses={
        202: {"model": FinishedVideo, "description": "It takes longer: look at `status_url`"},
        500: {"model": FinishedVideo, "description": "It failed; `message` says why"},
        **_REFUSED,
    },
    openapi_extra=describe_body("topic"),
)
async def make_video(deps: Deps, request: Request, wait: Wait, idempotency_key: IdempotencyKey = "") -> Response:
    """An upright video about a topic."""
    try:
        log = await _make(deps, request, "POST /create-video", idempotency_key, is_settled, wait)
    except Refusal as refusal:
        return refuse_older(refusal)
    outcome, base = log.state.outcome(), str(request.base_url).rstrip("/")
    path = base + mapping.video_path(log.video_id)
    done = isinstance(outcome, e.VideoCompleted)
    message = "Video created successfully" if done else "The video is being made"
    if outcome is not None and not done:
        message = outcome.problem.sentence() if isinstance(outcome, e.VideoFailed) else "The video was cancelled"
    body = FinishedVideo(
        success=outcome is None or done,
        video_url=f"{path}/content" if done else None,
        video_id=log.video_id,
        scenes_count=log.state.scene_count(),
        message=message,
        status_url=None if outcome else path,
    )
    return answer(body, 200 if done else 202 if outcome is None else 500)


@router.post(
    "/generate-script",
    response_model=SceneList,
    summary="Write a script and wait for it",
    responses={
        202: {"model": SceneList, "description": "It takes longer: look at `status_url`"},
        500: {"model": OlderError, "description": "It failed; `error` says why"},
        **_REFUSED,
    },
    openapi_extra=describe_body("topic"),
)
async def write_script(deps: Deps, request: Request, wait: Wait, idempotency_key: IdempotencyKey = "") -> Response:
    """Requests a video that waits for approval, which `POST /v1/videos/{video_id}/approve` gives."""

    def is_written(state: VideoState, last: int) -> bool:
        return state.script() is not None or state.outcome() is not None

    try:
        log = await _make(deps, request, "POST /generate-script", idempotency_key, is_written, wait, review=True)
    except Refusal as refusal:
        return refuse_older(refusal)
    outcome, event = log.state.outcome(), log.state.script()
    path = str(request.base_url).rstrip("/") + mapping.video_path(log.video_id)
    if event is None:
        if outcome is not None:
            said = outcome.problem.sentence() if isinstance(outcome, e.VideoFailed) else "The video was cancelled"
            return answer(OlderError(error=said), 500)
        waiting = SceneList(scenes=[], video_id=log.video_id, message="The script is being written", status_url=path)
        return answer(waiting, 202)
    script = await read_script(deps.connections.store, event.script_key)
    scenes = [describe_scene(number, scene) for number, scene in enumerate(script.scenes, 1)]
    return answer(SceneList(scenes=scenes, video_id=log.video_id))


async def _make(
    deps: GatewayDeps,
    request: Request,
    operation: str,
    key: str,
    reached: Condition,
    wait: float,
    *,
    review: bool = False,
) -> VideoLog:
    fields = await read_fields(request)
    body = make_request(fields.get("topic"), options={"aspect": "9:16", "review": review})
    await check_assets(deps, body.document)
    accepted = await enqueue_video(deps, body, partial(handlers.create, body), operation=operation, idempotency_key=key)
    return await wait_until(deps, accepted.headers["Location"].rpartition("/")[2], reached, wait)


def describe_scene(number: int, scene: Scene) -> NumberedScene:
    """A scene as text: what is shown, and what is said."""
    shown = [beat.show for beat in scene.beats if beat.show] or [scene.plan.shows] if scene.plan else []
    if not any(shown) and scene.visual is not None:
        texts = scene.visual.texts()
        shown = [f"{scene.visual.kind}: {'; '.join(texts)}" if texts else scene.visual.kind]
    narration = " ".join(beat.text for beat in scene.beats)
    return NumberedScene(scene_number=number, visuals=" ".join(filter(None, shown)) or scene.title, narration=narration)
