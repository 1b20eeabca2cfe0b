"""Signs of life of a stage's worker, from which others see how much it can do."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable

import msgspec
import nats.errors

from lectern.contracts import subjects
from lectern.contracts.requests import WorkerSign
from lectern.worker.bus import Bus
from lectern.worker.stopping import wait_for

PRESENCE_SECONDS = 2.0  # between two signs


async def show_presence(bus: Bus, stage: str, slots: int, count_busy: Callable[[], int], stop: asyncio.Event) -> None:
    """Publishes a sign every other second until `stop`, and a last one without slots."""
    worker = uuid.uuid4().hex

    async def publish(slots: int, busy: int) -> None:
        sign = WorkerSign(stage=stage, worker=worker, slots=slots, busy=busy)
        with contextlib.suppress(nats.errors.Error, ConnectionError):  # the next one will be heard
            await bus.publish(subjects.worker(stage), msgspec.json.encode(sign))

    while not stop.is_set():
        await publish(slots, count_busy())
        await wait_for(stop, PRESENCE_SECONDS)
    await publish(0, 0)
