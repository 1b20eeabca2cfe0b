"""The live feed of all events: what the hub passes on to event streams."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import api

from lectern.contracts import subjects
from lectern.contracts.topology import VIDEOS
from lectern.worker import HEARTBEAT_SECONDS

EventListener: TypeAlias = Callable[[int, str, bytes], Awaitable[None]]


class EventFeed(Protocol):
    """Passes on new events of all videos."""

    def following(self, listener: EventListener) -> AbstractAsyncContextManager[None]:
        """Pass (sequence, video id, encoded event) of each new event to `listener`, in order, each once."""


class JetStreamEventFeed:
    """An ordered consumer of the `VIDEOS` stream."""

    def __init__(self, nats: Client) -> None:
        self._nats = nats

    @asynccontextmanager
    async def following(self, listener: EventListener) -> AsyncIterator[None]:
        """See `EventFeed.following`."""
        js = self._nats.jetstream(timeout=5)
        last = (await js.stream_info(VIDEOS)).state.last_seq

        async def on_message(message: Msg) -> None:
            nonlocal last
            sequence = message.metadata.sequence.stream
            if sequence > last:  # nats-py's ordered consumer starts over at 1 when it is reset before its first message
                last = sequence
                await listener(sequence, message.subject.split(".")[2], message.data)

        subscription = await js.subscribe(
            subjects.EVERY_VIDEO,
            stream=VIDEOS,
            ordered_consumer=True,
            config=api.ConsumerConfig(deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=last + 1),
            cb=on_message,
            idle_heartbeat=HEARTBEAT_SECONDS,
        )
        try:
            yield
        finally:
            with contextlib.suppress(nats.errors.Error):  # the connection is gone, and the subscription with it
                await subscription.unsubscribe()
