"""Deliveries that meet a fate at a chosen point: what they do last, what they do late, and what they never hear of."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Literal, TypeAlias

import structlog

from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.worker import Permanent, Transient, Unavailable
from lectern.worker.delivery import Delivery, DeliveryResult, StopReason
from lectern.worker.testing.delivering import MemoryMessage

PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")

_SILENT = structlog.wrap_logger(structlog.ReturnLogger(), processors=[lambda *_: ""])

Fate: TypeAlias = Literal["fine", "crash", "freeze", "stop", "outage", "transient", "permanent", "refuse", "ack-lost"]
Place: TypeAlias = Literal["log", "store", "work", "paid"]


class Crashed(BaseException):
    """The worker's process is gone."""


class Run:
    """One delivery in one process. Its fate is met when it passes the `after`th point; `replica` is the process."""

    def __init__(self, stage: str, event: e.AnyEvent, sequence: int, number: int, fate: Fate, after: int) -> None:
        self.stage, self.event, self.fate = stage, event, fate
        self.key = (stage, sequence)
        self.message = MemoryMessage(event, stage, sequence, number)
        self.delivery = Delivery(self.message, event, _SILENT)
        self.replica = 0
        self.result: DeliveryResult | None = None
        self.is_dead = False
        self.frozen = asyncio.Event()
        self.woken = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.cancelled = False  # by a signal that it has not heard yet
        self.disturbed = False  # its process died, was frozen or stopped: what it paid for may not be told
        self._left = after

    async def pass_point(self, place: Place) -> None:
        """Goes on, or meets the fate. Work may fail by itself; where something was paid for, or is kept, it may not."""
        if self.is_dead:
            raise Crashed
        if self.fate in ("transient", "permanent") and place != "work":
            return
        self._left -= 1
        if self._left != 0:
            return
        self.disturbed = self.disturbed or self.fate in ("crash", "freeze", "stop", "outage")
        match self.fate:
            case "crash":
                raise Crashed
            case "freeze":
                self.frozen.set()
                await self.woken.wait()
                if self.is_dead:
                    raise Crashed
            case "stop":
                self.delivery.stop(StopReason.SHUTDOWN)
                await asyncio.sleep(0)
            case "outage":
                raise Unavailable("it cannot be reached", code="away")
            case "transient":
                raise Transient("it did not work")
            case "permanent":
                raise Permanent(PROBLEM)


RUN: ContextVar[Run | None] = ContextVar("run", default=None)


async def pass_point(place: Place) -> None:
    """A point at which the delivery that is at work may meet its fate."""
    if run := RUN.get():
        await run.pass_point(place)
