"""A delivery for tests of handlers: a real connection and store, no loop around it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import structlog

from lectern.contracts.events import AnyEvent
from lectern.worker import Connections, Job

D = TypeVar("D")


def job_for(
    event: AnyEvent, connections: Connections, adapters: D, stage: str, *, seq: int = 0, scratch: Path | None = None
) -> Job[D]:
    """The job a handler would be given for `event` on its first delivery."""
    return Job(
        event=event,
        stage=stage,
        seq=seq,
        attempt=1,
        attempts=5,
        deps=adapters,
        nats=connections.nats,
        log=structlog.get_logger("test"),
        event_log=connections.event_log,
        store=connections.store,
        scratch_root=scratch,
    )
