"""Turns delivery-limit advisories into failures: such a message is invisible to workers and scalers."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
import nats.errors
import structlog
from nats.js import errors as js_errors

from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.topology import ADVISORIES, SWEEPER, VIDEOS
from lectern.worker.connections import Connections
from lectern.worker.dead_letters import store_dead
from lectern.worker.failures import Transient
from lectern.worker.loop import fail
from lectern.worker.stage import Stage

_WAIT = 1.0  # seconds a pull lingers; stopping waits for it, in every service and every test of one


class Advisory(msgspec.Struct):
    """The server's notice that a message was delivered as often as it may be."""

    consumer: str
    stream_seq: int
    deliveries: int


async def sweep(connections: Connections, stop: asyncio.Event) -> None:
    """Handles advisories until `stop`. Every worker process runs this; the durable consumer shares them out."""
    js = connections.nats.jetstream(timeout=5)
    subscription = await js.pull_subscribe_bind(SWEEPER, ADVISORIES)
    log = structlog.get_logger("lectern.sweeper")
    while not stop.is_set():
        try:
            message = (await subscription.fetch(1, timeout=_WAIT if not stop.is_set() else 0.1))[0]
        except (nats.errors.TimeoutError, TimeoutError):
            continue
        except (nats.errors.Error, js_errors.Error):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1.0)
            continue
        try:
            await record(connections, msgspec.json.decode(message.data, type=Advisory))
            await message.ack()
        except (Transient, nats.errors.Error, js_errors.Error) as error:
            log.warning("could not sweep", action="retry", error=type(error).__name__)
            await message.nak(delay=5)
    with contextlib.suppress(nats.errors.Error):
        await subscription.unsubscribe()


async def record(connections: Connections, advisory: Advisory) -> None:
    """Fails the scene or video whose message killed its worker each time, and keeps the message."""
    js = connections.nats.jetstream(timeout=5)
    try:
        raw = await js.get_msg(VIDEOS, advisory.stream_seq)
    except js_errors.NotFoundError:
        return
    stage = advisory.consumer.rpartition("-")[0]
    problem = Problem(
        code="worker-died",
        title="The worker died each time",
        detail=f"{stage} was given this {advisory.deliveries} times and never came back: it crashed or lacked memory.",
        remedy="Give the worker more memory or choose a lower quality, then retry the video.",
        stage=stage,
        retryable=True,
    )
    data = raw.data or b""
    await store_dead(
        connections,
        data=data,
        subject=raw.subject or "",
        sequence=advisory.stream_seq,
        consumer=advisory.consumer,
        stage=stage,
        problem=problem,
        reason="worker-died",
    )
    with contextlib.suppress(ValueError):
        ended = Stage(stage, fails="video" if stage == "composer" else "scene")
        await fail(connections, ended, e.decode(data), advisory.deliveries, problem)
