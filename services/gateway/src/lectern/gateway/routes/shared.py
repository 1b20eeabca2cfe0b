"""What a share link shows: one finished video and its files, to whoever has the link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway import problem_types
from lectern.gateway.access import examples
from lectern.gateway.access.principal import Principal
from lectern.gateway.access.shares import OpenedShare, open_share
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.object_response import OBJECT_RESPONSES
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.output_response import Variant, make_output_response
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.schemas import SharedFile, SharedVideo
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["access"])


@router.get(
    "/v1/shared/{token}",
    response_model=SharedVideo,
    summary="Show a shared video",
    responses={
        **describe_json(200, SharedVideo, "The video", examples.SHARED_VIDEO),
        **describe_problems(404, 410, 503),
    },
)
async def show_shared(deps: Deps, token: str) -> SharedVideo:
    """Needs no key: the link is one, to this video alone. 404 for a link that was made up, 410 for one that ended."""
    share = await open_share(deps.access, token)
    log, completed = await _read(deps, share)
    script = log.state.script()
    return SharedVideo(
        title=log.state.title(),
        language=script.options.language if script else "en",
        aspect=script.options.aspect if script else "16:9",
        seconds=completed.seconds,
        completed_at=completed.at,
        expires_at=share.expires_at,
        outputs=[
            SharedFile(
                kind=output.kind,
                url=f"/v1/shared/{token}/content?variant={output.kind}",
                media_type=output.media_type,
                bytes=output.bytes,
            )
            for output in completed.outputs
        ],
    )


@router.head("/v1/shared/{token}/content", include_in_schema=False)
@router.get(
    "/v1/shared/{token}/content",
    summary="Watch or download a file of a shared video",
    response_class=Response,
    responses={**OBJECT_RESPONSES, **describe_problems(404, 410)},
)
async def send_shared(
    deps: Deps,
    request: Request,
    token: str,
    variant: Annotated[Variant, Query(description="which file")] = "video",
    download: Annotated[bool, Query(description="1 saves it under the video's title")] = False,
) -> Response:
    """As GET /v1/videos/{video_id}/content."""
    log, _ = await _read(deps, await open_share(deps.access, token))
    return await make_output_response(deps, request, log, variant, download=download)


async def _read(deps: GatewayDeps, share: OpenedShare) -> tuple[VideoLog, e.VideoCompleted]:
    owner = Principal(owner=share.owner, scopes=("read",))
    try:
        log = await read_video(deps.act_for(owner), share.video_id)
    except Refusal as refusal:
        if refusal.status not in (404, 410):
            raise
        log = VideoLog()
    if not log or log.state.completed is None:
        raise refuse(problem_types.SHARE_ENDED, "The video was deleted, or has expired.")
    return log, log.state.completed
