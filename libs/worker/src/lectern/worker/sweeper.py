"""Turns delivery-limit advisories into failures: such a message is invisible to workers and scalers."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import errors as js_errors
from structlog.typing import FilteringBoundLogger

from lectern.contracts import events as e
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.topology import ADVISORIES, SWEEPER, VIDEOS
from lectern.worker.connections import Connections
from lectern.worker.dead_letters import DeadLetter
from lectern.worker.failures import Transient
from lectern.worker.fetching import open_puller
from lectern.worker.giving_up import describe_crashes, fail
from lectern.worker.stage import Stage
from lectern.worker.stopping import wait_for, wait_until_done

SWEEP_SECONDS = 20.0  # that one question for advisories waits at the server, which answers it at once if there is one
RETRY_SECONDS = 2.0  # until it is asked again when it could not be


class Advisory(msgspec.Struct):
    """The server's notice that a message was delivered as often as it may be."""

    consumer: str
    stream_seq: int
    deliveries: int


async def sweep(connections: Connections, stop: asyncio.Event) -> None:
    """Handles advisories until `stop`. Every worker process runs this; the durable consumer shares them out."""
    logger = structlog.get_logger("lectern.sweeper")
    async with open_puller(connections.nats, ADVISORIES, SWEEPER) as puller:
        while not stop.is_set():
            pulling = asyncio.create_task(puller.pull(SWEEP_SECONDS))
            if not await wait_until_done(pulling, stop):
                pulling.cancel()
                await asyncio.gather(pulling, return_exceptions=True)
                return
            try:
                message = pulling.result()
            except (nats.errors.Error, TimeoutError, ConnectionError):
                await wait_for(stop, RETRY_SECONDS)
                continue
            if message is not None:
                with contextlib.suppress(nats.errors.Error):  # an advisory that is not settled comes again
                    await _settle(message, connections, logger)


async def _settle(message: Msg, connections: Connections, logger: FilteringBoundLogger) -> None:
    try:
        advisory = msgspec.json.decode(message.data, type=Advisory)
    except UNREADABLE as error:
        logger.error("unreadable advisory", action="unreadable", error=str(error))
        await message.term()
        return
    try:
        await record(connections, advisory)
        await message.ack()
    except (Transient, nats.errors.Error) as error:
        logger.warning("could not record a delivery limit", action="retry", error=type(error).__name__)
        await message.nak(delay=5)


async def record(connections: Connections, advisory: Advisory) -> None:
    """Fails the scene or video whose message killed its worker each time, and keeps the message."""
    js = connections.nats.jetstream(timeout=5)
    try:
        raw = await js.get_msg(VIDEOS, advisory.stream_seq)
    except js_errors.NotFoundError:
        return
    stage = advisory.consumer.rpartition("-")[0]
    problem = describe_crashes(stage, advisory.deliveries)
    data = raw.data or b""
    letter = DeadLetter(
        stage=stage,
        consumer=advisory.consumer,
        subject=raw.subject or "",
        sequence=advisory.stream_seq,
        data=data,
        problem=problem,
        reason="worker-died",
    )
    await connections.dead_letters.store(letter)
    connections.metrics.dead.inc(stage, letter.reason)
    with contextlib.suppress(ValueError):
        ended = Stage(stage, fails="video" if stage == "composer" else "scene")
        event = e.decode(data)
        state = (await connections.event_log.read(event.video_id, event.lane)).state
        await fail(connections, ended, event, advisory.deliveries, problem, state=state)
