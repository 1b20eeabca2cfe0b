"""The video behind a share link: its log, and what the link shows of it."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway import problem_types
from lectern.gateway.access.principal import Principal
from lectern.gateway.access.shares import OpenedShare, open_share
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.schemas import SharedFile, SharedVideo
from lectern.gateway.video_log import read_video


async def read_shared_log(deps: GatewayDeps, token: str) -> VideoLog:
    """The log of the video that a token shows. Raises what `open_share` raises, and a 410 for a deleted video."""
    log, _ = await _read(deps, await open_share(deps.access, token))
    return log


async def describe_shared(deps: GatewayDeps, token: str) -> SharedVideo:
    """What a token shows of its video. Raises as `read_shared_log` does."""
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
