"""Following the log by a durable consumer that replicas share: in batches, each acknowledged once it is handled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors

from lectern.contracts.topology import VIDEOS
from lectern.worker.failures import Transient
from lectern.worker.stopping import wait_for, wait_until_done

BATCH_SIZE = 64
PULL_SECONDS = 5.0  # how long one pull waits for a message
GATHER_SECONDS = 0.02  # further events join a batch within this time: one fold then serves several
_RETRY_SECONDS = 1.0
LOG_OUTAGES = (nats_errors.Error, js_errors.Error, Transient, TimeoutError)

BatchHandler: TypeAlias = Callable[[list[Msg]], Awaitable[None]]


async def follow_log(nats: Client, consumer: str, handle: BatchHandler, stop: asyncio.Event) -> None:
    """Pass batches of events to `handle` until `stop`. A batch whose handling fails comes again after a second."""
    logger = structlog.get_logger("lectern.log-follower").bind(consumer=consumer)
    subscription = await nats.jetstream(timeout=5).pull_subscribe_bind(consumer, VIDEOS)
    try:
        while not stop.is_set():
            following = asyncio.create_task(_handle_batch(subscription, handle))
            if not await wait_until_done(following, stop):
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                break
            if failure := following.exception():
                logger.warning("cannot follow the log", action="retry", error=repr(failure))
                await wait_for(stop, _RETRY_SECONDS)
    finally:
        with contextlib.suppress(nats_errors.Error):
            await subscription.unsubscribe()  # or the server keeps our last pull and loses an event to it


async def _handle_batch(subscription: JetStreamContext.PullSubscription, handle: BatchHandler) -> None:
    try:
        messages = await subscription.fetch(1, timeout=PULL_SECONDS)
    except TimeoutError:
        return
    with contextlib.suppress(TimeoutError):
        messages += await subscription.fetch(BATCH_SIZE - 1, timeout=GATHER_SECONDS)
    try:
        await handle(messages)
    except BaseException:
        for message in messages:
            with contextlib.suppress(*LOG_OUTAGES):
                await message.nak(delay=1)
        raise
    for message in messages:
        await message.ack()
