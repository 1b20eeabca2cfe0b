"""What the server says of the log at one moment: what waits for whom, and how the streams are."""

from __future__ import annotations

from datetime import datetime

import msgspec
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts.topology import consumers
from lectern.worker import (
    ConsumerBacklog,
    JetStreamDeadLetters,
    StreamReport,
    describe_stream,
    map_concurrently,
    read_backlog,
)

_TIMEOUT = 5.0  # seconds for each question


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
        streams=tuple(describe_stream(info) for info in await js.streams_info()),
        used=account.storage,
        limit=max(0, account.limits.max_storage),
    )
