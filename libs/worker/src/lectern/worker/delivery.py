"""One delivery of one event: the message it came in, what the video's log says, and what becomes of it."""

from __future__ import annotations

import asyncio
import contextlib
from enum import Enum, auto
from typing import Any, Protocol

import nats.errors
from nats.aio.msg import Msg
from structlog.typing import FilteringBoundLogger

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.usage import Usage
from lectern.worker.tallies import Tally

_ACK_TIMEOUT = 5.0  # seconds


class Message(Protocol):
    """The part of a JetStream message that a delivery needs."""

    subject: str
    data: bytes
    headers: dict[str, str] | None

    @property
    def metadata(self) -> Msg.Metadata:
        """Its place on the stream and how often it was delivered."""

    async def ack(self) -> None:
        """Done."""

    async def ack_sync(self, timeout: float = 1) -> Any:
        """Done; returns when the server has confirmed it."""

    async def nak(self, delay: float | None = None) -> None:
        """Deliver again, after `delay` seconds."""

    async def term(self) -> None:
        """Never deliver again."""

    async def in_progress(self) -> None:
        """Still being worked on: restarts the ack wait."""


class StopReason(Enum):
    """The reason why a running handler is stopped."""

    CANCELLED = auto()  # by the user: the message is done with
    SHUTDOWN = auto()  # of this process: another worker gets the message at once


class DeliveryResult(Enum):
    """The end of a delivery; the values are metric labels."""

    SUCCESS = "success"
    STALE = "stale"
    RETRY = "retry"
    WAITING = "waiting"
    FAILED = "failed"
    CANCELLED = "cancelled"
    HANDED_BACK = "handed-back"


class Delivery:
    """A message with its event. `began` is when this process took it up.

    `tally` is its past and `log` its video's, both read before the handler runs.
    """

    def __init__(self, message: Message, event: e.AnyEvent, logger: FilteringBoundLogger) -> None:
        self.message = message
        self.event = event
        self.began = e.now()
        self.log = VideoLog()
        self.tally = Tally()
        self.tally_revision = 0
        self.number = message.metadata.num_delivered or 1
        self.sequence = message.metadata.sequence.stream
        self.paid: tuple[Usage, ...] = ()  # so far, by the running handler
        self.logger = logger.bind(video=event.video_id, scene=getattr(event, "scene", None))
        self.stop_reason: StopReason | None = None
        self.failure = ""  # the code or type of what it failed with, or waits for
        self.delay: float | None = None  # seconds until the next delivery, if it was handed back
        self._task: asyncio.Task[Any] | None = None

    @property
    def attempt(self) -> int:
        """The attempt that this delivery is, from 1."""
        return self.tally.attempts + 1

    @property
    def tally_key(self) -> str:
        """The key of the message's tally."""
        return f"{self.message.metadata.consumer}.{self.sequence}"

    def runs_in(self, task: asyncio.Task[Any]) -> None:
        """Notes the task that `stop` is to cancel."""
        self._task = task

    def stop(self, reason: StopReason) -> None:
        """Cancels the running handler. The first reason counts."""
        self.stop_reason = self.stop_reason or reason
        if self._task:
            self._task.cancel()

    async def confirm(self) -> None:
        """Acks and waits until the server has it. Without an ack the message comes again and finds its work done."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            await self.message.ack_sync(timeout=_ACK_TIMEOUT)

    async def drop(self) -> None:
        """Acks a message that nothing needs to be done for."""
        with contextlib.suppress(nats.errors.Error):
            await self.message.ack()

    async def hand_back(self, delay: float | None = None) -> None:
        """Has the message delivered again, at once or after `delay` seconds."""
        self.delay = delay or 0.0
        with contextlib.suppress(nats.errors.Error):
            await self.message.nak(delay=delay)
