"""What a share link shows: one finished video and its files, to whoever has the link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lectern.gateway.access import examples
from lectern.gateway.deps import Deps
from lectern.gateway.object_response import OBJECT_RESPONSES
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.output_response import Variant, make_output_response
from lectern.gateway.schemas import SharedVideo
from lectern.gateway.shared_video import describe_shared, read_shared_log

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
    return await describe_shared(deps, token)


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
    log = await read_shared_log(deps, token)
    return await make_output_response(deps, request, log, variant, download=download)
