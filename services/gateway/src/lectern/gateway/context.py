"""What every route is given, and how it reads a video."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, cast

import msgspec
from fastapi import Depends, Request
from nats.js.kv import KeyValue

from lectern.contracts import events as e
from lectern.contracts.options import Lane
from lectern.contracts.state import VideoState, fold
from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.refusals import no_video, refusal
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.views import Views
from lectern.worker import Deps, EventLog

VIDEO_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RACES = 20  # attempts to append while stages append too; each takes milliseconds


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """The gateway's adapters."""

    settings: GatewaySettings
    infra: Deps
    log: EventLog
    hub: Hub
    views: Views
    answers: KeyValue
    metrics: GatewayMetrics


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A video as its log tells it now. `last` is the newest sequence."""

    video_id: str
    log: tuple[tuple[int, e.AnyEvent], ...]
    state: VideoState
    last: int

    @property
    def lane(self) -> Lane:
        """The lane the video travels in."""
        return self.log[0][1].lane


def gateway_of(request: Request) -> Gateway:
    """The gateway this request came to."""
    return cast(Gateway, request.app.state.gateway)


TheGateway = Annotated[Gateway, Depends(gateway_of)]


def checked_id(video_id: str) -> str:
    """The id, if it can be one: it becomes part of subjects and keys. Raises a 404 otherwise."""
    if not VIDEO_ID.fullmatch(video_id):
        raise no_video(video_id)
    return video_id


async def read_video(gateway: Gateway, video_id: str, *, at_least: int = 0) -> Known:
    """The video, read from the log itself, so that what was just written is seen. Raises a 404."""
    log = await gateway.log.read(checked_id(video_id), at_least=at_least)
    if not log:
        raise no_video(video_id)
    return Known(video_id=video_id, log=tuple(log), state=fold(event for _, event in log), last=log[-1][0])


async def decide(gateway: Gateway, video_id: str, decision: Callable[[Known], Awaitable[e.AnyEvent | None]]) -> Known:
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
        if e.encode(event) in (e.encode(stored) for at, stored in after.log if at == sequence):
            return after
    raise refusal(
        409, "conflict-busy", "The video is busy", "Others keep changing this video.", "Try again.", retry_after=1
    )
