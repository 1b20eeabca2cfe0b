"""Files that a composer makes when somebody asks for them, and what they are made from."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.derived_files import AnyDerivedFile, SceneStill, SceneVideo, derived_key
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import MAKE_FILE, MakeFile
from lectern.gateway import problem_types
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import Refusal, refuse
from lectern.worker import NoReply

MAKE_SECONDS = 60.0  # a contact sheet of a long video takes several; a scene a tenth of one


def describe_scene_video(rendered: e.SceneRendered) -> SceneVideo:
    """The file in which a rendered scene has its voice."""
    return SceneVideo(
        footage_key=rendered.footage.key,
        audio_key=rendered.narration.audio_key,
        frames=rendered.footage.frames,
        fps=rendered.footage.fps,
        language=rendered.options.language,
    )


def describe_still(rendered: e.SceneRendered) -> SceneStill:
    """The picture of a rendered scene."""
    footage = rendered.footage
    return SceneStill(footage_key=footage.key, frames=footage.frames, fps=footage.fps)


async def ensure_file(deps: GatewayDeps, log: VideoLog, file: AnyDerivedFile) -> str:
    """The key of a derived file, which is in the store afterwards.

    Raises the composer's own problem (a 404 for inputs that have expired), or a 503 when no composer answers.
    """
    key = derived_key(file)
    if await deps.connections.store.head(key):
        return key
    message = MakeFile(file=file, video_id=log.video_id, owner=log.owner)
    try:
        made = await deps.connections.bus.ask(MAKE_FILE, message, timeout=MAKE_SECONDS)
    except NoReply as error:
        raise refuse(
            problem_types.DEPENDENCY_UNAVAILABLE,
            "A composer makes this file when it is first asked for, and none answers.",
            "Retry in a few seconds; start a composer if it persists.",
            retry_after=5,
        ) from error
    if made.problem is None:
        return key
    if made.problem.code == problem_types.GONE.code:
        raise refuse(problem_types.GONE, made.problem.detail, made.problem.remedy)
    headers = {"Retry-After": "5"} if made.problem.retryable else {}
    raise Refusal(503, made.problem, headers)
