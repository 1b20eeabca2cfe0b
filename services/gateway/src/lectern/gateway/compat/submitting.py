"""Submit and poll: `POST /createvideo` with an id of the client's own, then `GET /status/{id}` every few seconds."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from lectern.contracts import events as e
from lectern.contracts.state import SceneEvents, VideoState
from lectern.gateway import handlers, mapping
from lectern.gateway.compat.answers import answer, check_enabled, make_request, read_fields, refuse_older
from lectern.gateway.compat.schemas import MAX_SAFE_NUMBER, OlderError, Submission, SubmissionStatus, describe_body
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.enqueue import enqueue_video
from lectern.gateway.filters import VideoFilter
from lectern.gateway.idempotency import find_claim
from lectern.gateway.refusals import Refusal
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["older clients"], dependencies=[Depends(check_enabled)], deprecated=True)

OPERATION = "POST /createvideo"
MAX_ID = 64  # characters
MAX_ATTEMPTS = 4  # as these clients count them
POLL_SECONDS = 3
_STEPS = {
    "scripting": "Step 1 of 5: writing the script",
    "review": "Step 1 of 5: the script waits for approval",
    "voicing": "Step 2 of 5: recording the narration",
    "coding": "Step 3 of 5: writing the animation",
    "rendering": "Step 4 of 5: rendering the animation",
    "composing": "Step 5 of 5: putting picture and sound together",
}


@router.post(
    "/createvideo",
    response_model=Submission,
    summary="Submit a video under an id of your own",
    responses={status: {"model": OlderError, "description": "Nothing was begun"} for status in (400, 409, 429, 503)},
    openapi_extra=describe_body("input", with_id=True),
)
async def submit_video(deps: Deps, request: Request) -> Response:
    """The same id again is the same video."""
    try:
        fields = await read_fields(request)
        user_id = fields.get("id")
        name = _parse_id(user_id)
        if not name:
            error = f"`id` must be a number up to 2^53, or a text of 1 to {MAX_ID} characters."
            return answer(OlderError(error=error), 400)
        text = fields.get("input")
        if not isinstance(text, str) or not text.strip():
            return answer(OlderError(error="`input` is empty; send what the video is to explain."), 400)
        video_id = await find_submission(deps, name)
        if not video_id:
            video_id = await _enqueue(deps, name, text)
    except Refusal as refusal:
        return refuse_older(refusal)
    return answer(Submission(message="Video generation started", userId=user_id, videoId=video_id))


async def _enqueue(deps: GatewayDeps, name: str, text: str) -> str:
    body = make_request(text, external_id=name)
    # The same id is the same submission, whatever text comes with it: the fingerprint is that of the id.
    accepted = await enqueue_video(
        deps, body, partial(handlers.create, body), operation=OPERATION, idempotency_key=name, fingerprint=name
    )
    return accepted.headers["Location"].rpartition("/")[2]


def _parse_id(sent: Any) -> str:
    """A client's id as text; "" for none. 7 and 7.0 are one number, and "7" is the same id."""
    if isinstance(sent, bool):
        return ""
    if isinstance(sent, int | float) and not abs(sent) <= MAX_SAFE_NUMBER:
        return ""
    if isinstance(sent, float) and sent.is_integer():
        sent = int(sent)
    if isinstance(sent, int | float):
        sent = repr(sent)
    if not isinstance(sent, str) or not sent.isascii() or not sent.isprintable():
        return ""
    name = sent.strip()
    return name if 0 < len(name) <= MAX_ID else ""


async def find_submission(deps: GatewayDeps, name: str) -> str | None:
    """The id of the video that was submitted under a client's id, newest first; also while it is hardly requested."""
    if claimed := await find_claim(deps.stored_responses, OPERATION, name):
        return claimed
    wanted = VideoFilter(owner=deps.principal.owner, external_id=name)
    await deps.views.wait_until_current()
    return deps.views.find(wanted)


@router.get(
    "/status/{user_id}",
    response_model=SubmissionStatus,
    summary="Show how far a submitted video is",
    responses={404: {"model": SubmissionStatus, "description": "Nothing was submitted under this id"}},
)
async def show_status(deps: Deps, request: Request, user_id: str) -> Response:
    """To be asked every three seconds."""
    headers = {"Retry-After": str(POLL_SECONDS)}
    name = _parse_id(user_id)
    video_id = await find_submission(deps, name) if name else None
    try:
        log = await read_video(deps, video_id or "")
    except Refusal as refusal:
        message = f"There is no video with the id {user_id[:MAX_ID]}."
        if refusal.status == 410:
            message = "This video was deleted."
        unknown = SubmissionStatus(message=message, isprocessing=False, isdone=False, iserror=True)
        return answer(unknown, 404, headers)
    return answer(describe_status(log.state, log.video_id, str(request.base_url)), headers=headers)


def describe_status(state: VideoState, video_id: str, base: str) -> SubmissionStatus:
    """A video's state in one flat object. `base` is the API's own address."""
    outcome, scenes = state.outcome(), state.scenes()
    settled = sum(facts.status() in ("rendered", "failed") for facts in scenes.values())
    message = "Your video is ready"
    if isinstance(outcome, e.VideoFailed):
        message = outcome.problem.sentence()
    elif isinstance(outcome, e.VideoCancelled):
        message = "The video was cancelled"
    elif outcome is None:
        message = _describe_step(state)
    done = isinstance(outcome, e.VideoCompleted)
    return SubmissionStatus(
        message=message,
        isprocessing=outcome is None,
        isdone=done,
        iserror=outcome is not None and not done,
        video_uri=f"{base.rstrip('/')}{mapping.video_path(video_id)}/content" if done else None,
        progress=state.progress(),
        stage=mapping.find_stage(state),
        currentScene=min(settled + 1, len(scenes)),
        totalScenes=len(scenes),
        videoId=video_id,
    )


def _describe_step(state: VideoState) -> str:
    """The step at work; an animation that is written or rendered again is at a later attempt."""
    stage = mapping.find_stage(state)
    message = _STEPS[stage] if stage else "Working"
    if stage not in ("coding", "rendering"):
        return message
    attempt = max((_count_attempts(facts) for facts in state.scenes().values()), default=1)
    return f"{message} (Attempt {min(attempt, MAX_ATTEMPTS)} of {MAX_ATTEMPTS})"


def _count_attempts(facts: SceneEvents) -> int:
    """The attempt that a scene's code is at: those its newest version took, and one more when it was refused since."""
    if facts.status() in ("rendered", "failed") or facts.coded is None:
        return 1
    taken = max(facts.coded.version, facts.coded.code.attempts)
    return taken + 1 if facts.refusal() else taken
