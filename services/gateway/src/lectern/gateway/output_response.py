"""A finished file of a video as a response."""

from __future__ import annotations

from typing import Literal

from fastapi import Request, Response

from lectern.contracts.log import VideoLog
from lectern.gateway import problem_types
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.object_response import make_object_response
from lectern.gateway.refusals import refuse, refuse_state
from lectern.language.slugs import slug

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


async def make_output_response(
    deps: GatewayDeps, request: Request, log: VideoLog, variant: Variant, *, download: bool
) -> Response:
    """Respond with a file of the newest finished revision. Raises a 409 before there is one, a 404 for one without."""
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
