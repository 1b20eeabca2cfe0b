"""Waiting for a video: a request that is answered when something has happened, without reading the log meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Response

from lectern.contracts.log import VideoLog
from lectern.contracts.state import VideoState
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.mailbox import MailboxClosed
from lectern.gateway.responses import make_video_response
from lectern.gateway.video_log import check_video_id, read_video

MAX_WAIT = 60  # seconds: proxies give up on an answer after about a minute
_WAIT = re.compile(r"\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(;.*)?", re.IGNORECASE)

Condition: TypeAlias = Callable[[VideoState, int], bool]  # of a video's state and its log's newest sequence


def parse_preference(
    prefer: Annotated[
        str,
        Header(description=f"`wait=N` (RFC 7240): answer when the video has ended, or after N (≤ {MAX_WAIT}) seconds"),
    ] = "",
) -> int:
    """The seconds that `Prefer: wait=N` asks for, at most 60; 0 without. What is not understood is ignored."""
    preferences = prefer.split(",")
    found = next((match for each in preferences if (match := _WAIT.fullmatch(each))), None)
    return min(int(found[1]), MAX_WAIT) if found else 0


PreferredWait: TypeAlias = Annotated[int, Depends(parse_preference)]


def is_settled(state: VideoState, sequence: int = 0) -> bool:
    """True for a video that has ended, or waits for its user."""
    return state.outcome() is not None or state.awaits_approval()


async def wait_until(deps: GatewayDeps, video_id: str, reached: Condition, seconds: float) -> VideoLog:
    """The video's log when a condition is reached, or after `seconds`. Raises a 404 or 410, now or when it is deleted.

    Also returns early when the server drains: its client asks again, and reaches another.
    """
    mailbox = deps.hub.join(check_video_id(video_id))
    try:
        log = await read_video(deps, video_id, at_least=deps.hub.newest(video_id))
        if reached(log.state, log.last):
            return log
        deps.hub.load(video_id, log)
        try:
            async with asyncio.timeout(min(seconds, deps.settings.wait_limit)):
                while True:
                    frame = await mailbox.take()
                    if frame.seq is None or frame.seq <= log.last:
                        continue
                    if frame.ends or reached(deps.hub.get_state(video_id), frame.seq):
                        break
        except (TimeoutError, MailboxClosed):
            pass
        return await read_video(deps, video_id, at_least=deps.hub.newest(video_id))
    finally:
        deps.hub.leave(video_id, mailbox)


async def wait_as_preferred(deps: GatewayDeps, accepted: Response, seconds: int) -> Response:
    """The response to accepted work (202), or with `Prefer: wait` the video once it is settled (200), in time."""
    location = accepted.headers.get("Location", "")
    if not seconds or accepted.status_code != 202 or not location:
        return accepted
    log = await wait_until(deps, location.rpartition("/")[2], is_settled, seconds)
    response = make_video_response(log, 200 if is_settled(log.state) else 202)
    response.headers["Preference-Applied"] = f"wait={seconds}"
    if replayed := accepted.headers.get("Idempotent-Replayed"):
        response.headers["Idempotent-Replayed"] = replayed
    return response
