"""Pulling messages from a consumer of a real server: what a pull returns, and what it reports as an error."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.js import errors as js_errors
from servers import nats_server
from unit.worker.pipeline_events import planned

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import LANES, Lane
from lectern.contracts.topology import VIDEOS
from lectern.worker import JetStreamEventLog, connect_nats
from lectern.worker.fetching import Fetcher, Puller, open_puller


async def test_a_pull_returns_a_message_or_none(nats: Client) -> None:
    event = planned(new_id())
    async with open_puller(nats, VIDEOS, "voice-fast") as puller:
        assert await puller.pull() is None
        assert await puller.pull(linger=0.05) is None
        await JetStreamEventLog(nats).publish(event)
        message = await puller.pull(linger=2)
    assert message is not None
    assert e.decode(message.data) == event


async def test_a_pull_from_a_consumer_that_does_not_exist_is_an_error(nats: Client) -> None:
    async with open_puller(nats, VIDEOS, "nobody-fast") as puller:
        with pytest.raises(js_errors.APIError) as raised:
            await puller.pull()
    assert raised.value.code == 503


async def test_a_pull_that_the_server_breaks_off_is_an_error(nats: Client) -> None:
    async with open_puller(nats, VIDEOS, "voice-fast") as puller:
        pulling = asyncio.create_task(puller.pull(linger=5))
        await asyncio.sleep(0.1)
        await nats.jetstream().delete_consumer(VIDEOS, "voice-fast")
        with pytest.raises(js_errors.APIError) as raised:
            await pulling
    assert raised.value.code == 409


async def wait_for_replies(replies: Subscription, count: int) -> None:
    async with asyncio.timeout(120):
        while replies.pending_msgs < count:
            await asyncio.sleep(0.01)


async def test_a_reply_that_came_after_its_pull_timed_out_is_used_before_another_is_asked_for(nats: Client) -> None:
    log, inbox = JetStreamEventLog(nats), nats.new_inbox()
    replies = await nats.subscribe(inbox)
    puller = Puller(nats, VIDEOS, "voice-fast", inbox, replies)
    late = f"$JS.API.CONSUMER.MSG.NEXT.{VIDEOS}.voice-fast"
    await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=inbox)  # answered by a status: nothing waits
    await wait_for_replies(replies, 1)
    events = [planned(new_id()) for _ in range(2)]
    for event in events:
        await log.publish(event)
    await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=inbox)
    await wait_for_replies(replies, 2)
    message = await puller.pull()
    assert message is not None
    assert e.decode(message.data) == events[0]
    info = await nats.jetstream().consumer_info(VIDEOS, "voice-fast")
    assert (info.num_pending, info.num_ack_pending) == (1, 1)


async def test_a_late_reply_is_used_even_while_the_other_task_waits_on_its_lane(nats: Client) -> None:
    inboxes = {(home, lane): nats.new_inbox() for home in LANES for lane in LANES}
    replies = {key: await nats.subscribe(inbox) for key, inbox in inboxes.items()}

    def puller(home: Lane, lane: Lane) -> Puller:
        return Puller(nats, VIDEOS, f"voice-{lane}", inboxes[home, lane], replies[home, lane])

    fetcher = Fetcher({home: {lane: puller(home, lane) for lane in LANES} for home in LANES})
    event = planned(new_id(), lane="bulk")
    await JetStreamEventLog(nats).publish(event)
    late = f"$JS.API.CONSUMER.MSG.NEXT.{VIDEOS}.voice-bulk"
    await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=inboxes["fast", "bulk"])
    await wait_for_replies(replies["fast", "bulk"], 1)
    waiting = asyncio.create_task(fetcher.next("bulk", 0.5))
    await asyncio.sleep(0.1)
    message = await fetcher.next("fast", 0.05)
    assert message is not None
    assert e.decode(message.data) == event
    assert await waiting is None


class EmptyPuller:
    """Finds nothing, and notes how long it waited."""

    has_late = False

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def pull(self, linger: float = 0.0) -> None:
        if linger:
            self.waits.append(linger)
            await asyncio.sleep(linger)


async def test_the_lanes_take_short_turns_while_only_one_slot_is_free() -> None:
    pullers = {home: {lane: EmptyPuller() for lane in LANES} for home in LANES}
    fetcher = Fetcher(cast(dict[Lane, dict[Lane, Puller]], pullers))
    await fetcher.next("fast", 0.1)
    await fetcher.next("bulk", 0.1)
    assert pullers["fast"]["fast"].waits == pullers["bulk"]["bulk"].waits == [pytest.approx(0.02)]
    await asyncio.gather(fetcher.next("fast", 0.1), fetcher.next("bulk", 0.1))
    assert pullers["bulk"]["bulk"].waits[-1] == 0.1
    assert not pullers["fast"]["bulk"].waits


async def test_nothing_is_asked_for_while_the_connection_is_lost(tmp_path: Path) -> None:
    with nats_server(tmp_path) as url:
        client = await connect_nats(url)
        replies = await client.subscribe(client.new_inbox())
    puller = Puller(client, VIDEOS, "voice-fast", replies.subject, replies)
    async with asyncio.timeout(120):
        while client.is_connected:
            await asyncio.sleep(0.01)
    with pytest.raises(nats.errors.ConnectionReconnectingError):
        await puller.pull()
    assert client.pending_data_size == 0
    await client.close()
