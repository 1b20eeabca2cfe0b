"""Messages that come twice, late, or to somebody who never answers."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from random import Random

import nats.errors
from nats.js import errors as js_errors

from chaos.fault import Fault
from chaos.world import World
from lectern.contracts import events as e
from lectern.contracts.options import LANES
from lectern.contracts.topology import STAGE_INPUTS, VIDEOS, consumer_name
from lectern.worker import Unavailable

_OUTCOMES = (e.VideoCompleted, e.VideoFailed, e.VideoCancelled)
_LOST = (nats.errors.Error, js_errors.Error, TimeoutError, Unavailable)


async def repeat_events(world: World, random: Random) -> str:
    """Publishes events of a video a second time, as a client would that has lost an ack for longer than the server
    remembers message ids. Outcomes are only appended where nothing was added, and so never come twice."""
    repeated = 0
    with contextlib.suppress(*_LOST):
        for video in random.sample(world.videos, min(3, len(world.videos))):
            for sequence, event in await world.event_log.read(video):
                if isinstance(event, _OUTCOMES) or random.random() < 0.5:
                    continue
                message = await world.nats.jetstream(timeout=5).get_msg(VIDEOS, sequence)
                headers = {"Nats-Msg-Id": f"again:{uuid.uuid4()}"}
                await world.nats.jetstream(timeout=5).publish(
                    message.subject or "", message.data or b"", headers=headers
                )
                repeated += 1
    return f"published {repeated} events again"


async def lose_deliveries(world: World, random: Random) -> str:
    """Takes deliveries of every stage and never answers: they come again after the ack wait."""
    return f"lost {await _take(world, None)} deliveries"


async def delay_deliveries(world: World, random: Random) -> str:
    """Takes deliveries of every stage and puts them off."""
    seconds = random.uniform(1, 8) * world.scale
    return f"put off {await _take(world, seconds)} deliveries for {seconds:.1f} s"


async def _take(world: World, delay: float | None) -> int:
    taken = 0
    js = world.nats.jetstream(timeout=5)
    for stage in STAGE_INPUTS:
        for lane in LANES:
            with contextlib.suppress(*_LOST):
                pulling = await js.pull_subscribe_bind(consumer_name(stage, lane), VIDEOS)
                try:
                    [message] = await pulling.fetch(1, timeout=0.5)
                    if delay is not None:
                        await message.nak(delay=delay)
                    taken += 1
                finally:
                    with contextlib.suppress(nats.errors.Error):
                        await pulling.unsubscribe()
            await asyncio.sleep(0)
    return taken


MESSAGE_FAULTS = (
    Fault(name="repeat-events", touches=frozenset({"events"}), strike=repeat_events),
    Fault(name="lose-deliveries", touches=frozenset({"deliveries"}), strike=lose_deliveries),
    Fault(name="delay-deliveries", touches=frozenset({"deliveries"}), strike=delay_deliveries),
)
