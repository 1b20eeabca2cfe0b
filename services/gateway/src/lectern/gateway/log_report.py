"""What the server says of the log at one moment: what waits for whom, and how the streams are."""

from __future__ import annotations

from datetime import datetime

import msgspec
from nats.aio.client import Client
from nats.js import api

from lectern.contracts import events as e
from lectern.contracts.topology import consumers
from lectern.worker import ConsumerBacklog, JetStreamDeadLetters, map_concurrently, read_backlog

_TIMEOUT = 5.0  # seconds for each question


class StreamReport(msgspec.Struct, frozen=True, kw_only=True):
    """A stream: what it holds, and how many of its replicas are current, behind or out of reach."""

    name: str
    messages: int
    bytes: int
    current: int
    behind: int
    offline: int


class LogReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `gateway` was told. `limit` of the storage in bytes is 0 where there is none."""

    gateway: str
    at: datetime
    backlogs: tuple[ConsumerBacklog, ...]
    dead: dict[str, int]
    streams: tuple[StreamReport, ...]
    used: int
    limit: int


async def read_report(nats: Client, gateway: str) -> LogReport:
    """Asks the server. Raises nats.errors.Error and TimeoutError."""
    js = nats.jetstream(timeout=_TIMEOUT)
    backlogs = await map_concurrently(lambda consumer: read_backlog(nats, consumer), consumers())
    account = await js.account_info()
    return LogReport(
        gateway=gateway,
        at=e.now(),
        backlogs=tuple(backlog for backlog in backlogs if backlog),
        dead=await JetStreamDeadLetters(nats).count(),
        streams=tuple(_describe(info) for info in await js.streams_info()),
        used=account.storage,
        limit=max(0, account.limits.max_storage),
    )


def _describe(info: api.StreamInfo) -> StreamReport:
    """A stream of one server has no cluster, and is its own replica."""
    others = (info.cluster.replicas or []) if info.cluster else []
    leads = info.cluster is None or bool(info.cluster.leader)
    offline = sum(bool(other.offline) for other in others)
    current = sum(bool(other.current) and not other.offline for other in others)
    return StreamReport(
        name=info.config.name or "",
        messages=info.state.messages,
        bytes=info.state.bytes,
        current=current + leads,
        behind=len(others) - current - offline,
        offline=offline + (not leads),
    )
