"""What every route is given, and how it reads a video."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from nats.js.kv import KeyValue

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.refusals import no_video, refusal
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.views import Views
from lectern.worker import Connections, EventLog

VIDEO_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RACES = 20  # attempts to append while stages append too; each takes milliseconds


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The gateway's adapters."""

    settings: GatewaySettings
    connections: Connections
    log: EventLog
    hub: Hub
    views: Views
    answers: KeyValue
    metrics: GatewayMetrics


def gateway_of(request: Request) -> Gateway:
    """The gateway this request came to."""
    return cast(Gateway, request.app.state.gateway)


TheGateway = Annotated[Gateway, Depends(gateway_of)]


def checked_id(video_id: str) -> str:
    """The id, if it can be one: it becomes part of subjects and keys. Raises a 404 otherwise."""
    if not VIDEO_ID.fullmatch(video_id):
        raise no_video(video_id)
    return video_id


async def read_video(gateway: Gateway, video_id: str, *, at_least: int = 0) -> VideoLog:
    """The video, read from the log itself, so that what was just written is seen. Raises a 404."""
    log = await gateway.log.read(checked_id(video_id), at_least=at_least)
    if not log:
        raise no_video(video_id)
    return log


async def decide(
    gateway: Gateway, video_id: str, decision: Callable[[VideoLog], Awaitable[e.AnyEvent | None]]
) -> VideoLog:
    """Appends what `decision` makes of the newest state, deciding anew whenever the log moved meanwhile.

    The event is read back: a message id that somebody else used first is acknowledged like our own, and would
    otherwise lose one of two edits made at once. Returns the video afterwards. Raises what `decision` raises.
    """
    for _ in range(_RACES):
        known = await read_video(gateway, video_id)
        event = await decision(known)
        if event is None:
            return known
        sequence = await gateway.log.append(event, known.last)
        if sequence is None:
            continue
        after = await read_video(gateway, video_id, at_least=sequence)
        if e.encode(event) in (e.encode(stored) for at, stored in after if at == sequence):
            return after
    raise refusal(
        409, "conflict-busy", "The video is busy", "Others keep changing this video.", "Try again.", retry_after=1
    )
