"""Share links of a video: making, listing and ending them."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from lectern.gateway import problem_types
from lectern.gateway.access import examples
from lectern.gateway.access.shares import StoredShare, add_share, delete_share, list_shares, sign_share
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse, refuse_state
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import Share, ShareList, ShareRequest
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["access"], route_class=JsonRoute)


@router.post(
    "/v1/videos/{video_id}/shares",
    status_code=201,
    response_model=Share,
    summary="Share a finished video",
    responses={
        **describe_json(201, Share, "The link", examples.SHARE),
        **describe_problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    },
)
async def share_video(deps: Deps, video_id: str, body: ShareRequest | None = None) -> Response:
    """Makes a link that shows this video, and nothing else, to whoever has it, until it expires or is deleted."""
    log = await read_video(deps, video_id)
    if log.state.completed is None:
        raise refuse_state("The video is not finished.", "Wait for the event video.completed, then share it.")
    lifetime = timedelta(seconds=(body or ShareRequest()).expires_in)
    share = await add_share(deps.access, video_id, deps.principal.owner, lifetime)
    return make_json_response(_map_share(deps, video_id, share), 201)


@router.get(
    "/v1/videos/{video_id}/shares",
    response_model=ShareList,
    summary="List a video's share links",
    responses={
        **describe_json(200, ShareList, "Links, oldest first", examples.SHARE_LIST),
        **describe_problems(401, 404, 503),
    },
)
async def show_shares(deps: Deps, video_id: str) -> ShareList:
    """The links that have not expired."""
    await read_video(deps, video_id)
    found = await list_shares(deps.access, video_id)
    return ShareList(data=[_map_share(deps, video_id, share) for share in found])


@router.delete(
    "/v1/videos/{video_id}/shares/{share_id}",
    status_code=204,
    summary="End a share link",
    response_class=Response,
    responses={204: {"description": "The link shows nothing any more"}, **describe_problems(401, 403, 404, 503)},
)
async def end_share(deps: Deps, video_id: str, share_id: str) -> Response:
    """Whoever has the link is told that it has ended."""
    await read_video(deps, video_id)
    if not await delete_share(deps.access, video_id, share_id):
        raise refuse(problem_types.NO_SUCH_SHARE, f"The video has no link with the id {share_id[:40]}.")
    return Response(status_code=204)


def _map_share(deps: GatewayDeps, video_id: str, share: StoredShare) -> Share:
    url = f"/s/{sign_share(deps.access, video_id, share)}"
    return Share(id=share.id, url=url, created_at=share.created_at, expires_at=share.expires_at)
