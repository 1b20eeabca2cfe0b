"""A pass over the whole log: everything once, in the order of the stream, and nothing left behind on the server."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from unit.worker.pipeline_events import requested

from lectern.contracts import events as e
from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, pass_over_log

pytestmark = pytest.mark.slow


async def count_consumers(connections: Connections) -> int:
    """How many consumers the log has."""
    return (await connections.nats.jetstream().stream_info(VIDEOS)).state.consumer_count


async def test_every_event_is_passed_once_in_order_up_to_the_given_one(connections: Connections) -> None:
    before = await count_consumers(connections)
    videos = [requested() for _ in range(600)]  # more than one batch
    sequences = await asyncio.gather(*map(connections.event_log.publish, videos))
    await connections.nats.jetstream().delete_msg(VIDEOS, 300)
    passed = [message async for batch in pass_over_log(connections.nats, max(sequences)) for message in batch]
    wanted = {sequence: video for sequence, video in zip(sequences, videos, strict=True) if sequence != 300}
    assert [message.sequence for message in passed] == sorted(wanted)
    for message in passed:
        assert (message.video_id, e.decode(message.data)) == (
            wanted[message.sequence].video_id,
            wanted[message.sequence],
        )
    assert await count_consumers(connections) == before


async def test_a_pass_ends_where_the_log_does_when_its_newest_events_were_removed(
    connections: Connections,
) -> None:
    sequences = [await connections.event_log.publish(requested()) for _ in range(3)]
    await connections.nats.jetstream().delete_msg(VIDEOS, sequences[-1])
    passed = [each async for batch in pass_over_log(connections.nats, sequences[-1]) for each in batch]
    assert [each.sequence for each in passed] == sequences[:-1]


async def test_a_pass_that_is_given_up_leaves_no_consumer(connections: Connections) -> None:
    before = await count_consumers(connections)
    last = await connections.event_log.publish(requested())
    async with contextlib.aclosing(pass_over_log(connections.nats, last + 1)) as batches:
        async for _ in batches:
            break
    assert await count_consumers(connections) == before
