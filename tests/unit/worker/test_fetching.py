"""Pulling messages from a consumer of a real server: what a pull returns, and what it reports as an error."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import cast

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js import errors as js_errors
from servers import nats_server
from unit.worker.pipeline_events import planned

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import LANES, Lane
from lectern.contracts.topology import VIDEOS
from lectern.worker import JetStreamEventLog, apply_topology, connect_nats
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


async def wait_for_late(puller: Puller) -> None:
    async with asyncio.timeout(120):
        while not puller.has_late:
            await asyncio.sleep(0.01)


async def wait_for_pulls(nats: Client, consumer: str, count: int) -> None:
    """Returns when so many pulls wait at the server."""
    async with asyncio.timeout(120):
        while (await nats.jetstream().consumer_info(VIDEOS, consumer)).num_waiting != count:
            await asyncio.sleep(0.01)


async def test_a_reply_that_came_after_its_pull_timed_out_is_used_before_another_is_asked_for(nats: Client) -> None:
    log, late = JetStreamEventLog(nats), f"$JS.API.CONSUMER.MSG.NEXT.{VIDEOS}.voice-fast"
    async with open_puller(nats, VIDEOS, "voice-fast") as puller:
        await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=puller.inbox)  # answered by a status
        await wait_for_late(puller)
        events = [planned(new_id()) for _ in range(2)]
        for event in events:
            await log.publish(event)
        await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=puller.inbox)
        async with asyncio.timeout(120):
            while (await nats.jetstream().consumer_info(VIDEOS, "voice-fast")).num_ack_pending != 1:
                await asyncio.sleep(0.01)
        await nats.flush()
        message = await puller.pull()
        assert message is not None
        assert e.decode(message.data) == events[0]
        info = await nats.jetstream().consumer_info(VIDEOS, "voice-fast")
        assert (info.num_pending, info.num_ack_pending) == (1, 1)


async def test_a_late_reply_is_used_even_while_the_other_task_waits_on_its_lane(nats: Client) -> None:
    pullers = {home: {lane: Puller(nats, VIDEOS, f"voice-{lane}") for lane in LANES} for home in LANES}
    fetcher = Fetcher(pullers)
    event = planned(new_id(), lane="bulk")
    await pullers["fast"]["bulk"].open()
    await JetStreamEventLog(nats).publish(event)
    late = f"$JS.API.CONSUMER.MSG.NEXT.{VIDEOS}.voice-bulk"
    await nats.publish(late, b'{"batch": 1, "no_wait": true}', reply=pullers["fast"]["bulk"].inbox)
    await wait_for_late(pullers["fast"]["bulk"])
    waiting = asyncio.create_task(fetcher.next("bulk", 0.5))
    await wait_for_pulls(nats, "voice-bulk", 1)
    message = await fetcher.next("fast", 0.05)
    assert message is not None
    assert e.decode(message.data) == event
    assert await waiting is None


async def test_a_pull_that_is_hurried_leaves_none_at_the_server_and_loses_no_message(nats: Client) -> None:
    log = JetStreamEventLog(nats)
    async with open_puller(nats, VIDEOS, "voice-fast") as puller:
        for number in range(20):  # published and hurried at once, in either order of arrival
            pulling = asyncio.create_task(puller.pull(linger=600))
            await wait_for_pulls(nats, "voice-fast", 1)
            publishing = asyncio.create_task(log.publish(planned(new_id()))) if number % 2 else None
            await asyncio.sleep(0)
            puller.hurry()
            message = await pulling
            await wait_for_pulls(nats, "voice-fast", 0)
            if publishing:
                await publishing
                message = message or await puller.pull(linger=60)
                assert message is not None
                await message.ack_sync()
            else:
                assert message is None
    info = await nats.jetstream().consumer_info(VIDEOS, "voice-fast")
    assert (info.num_pending, info.num_ack_pending, info.num_redelivered) == (0, 0, 0)


async def test_a_pull_ends_when_the_connection_over_which_it_was_asked_is_gone(tmp_path: Path) -> None:
    """The server that comes back knows nothing of it: who went on waiting would wait in vain."""
    with nats_server(tmp_path) as url:
        client = await connect_nats(url)
        await apply_topology(client)
        puller = Puller(client, VIDEOS, "voice-fast")
        pulling = asyncio.create_task(puller.pull(linger=600))
        await wait_for_pulls(client, "voice-fast", 1)
    with pytest.raises(nats.errors.ConnectionReconnectingError):
        async with asyncio.timeout(120):
            await pulling
    await client.close()


class EmptyPuller:
    """Finds nothing, and notes how long it was to wait."""

    has_late = False

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._hurried = asyncio.Event()

    async def pull(self, linger: float = 0.0) -> None:
        self._hurried.clear()
        if linger:
            self.waits.append(linger)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(linger):
                    await self._hurried.wait()

    def hurry(self) -> None:
        self._hurried.set()


def make_fetcher(turn: float) -> tuple[Fetcher, dict[Lane, dict[Lane, EmptyPuller]]]:
    pullers: dict[Lane, dict[Lane, EmptyPuller]] = {home: {lane: EmptyPuller() for lane in LANES} for home in LANES}
    return Fetcher(cast(dict[Lane, dict[Lane, Puller]], pullers), turn=turn), pullers


async def test_the_lanes_take_short_turns_while_only_one_slot_is_free() -> None:
    fetcher, pullers = make_fetcher(turn=0.02)
    fetcher.want_slot("bulk")
    await fetcher.next("fast", 600)
    assert pullers["fast"]["fast"].waits == [0.02]
    fetcher.have_slot("bulk")
    await asyncio.gather(fetcher.next("fast", 0.1), fetcher.next("bulk", 0.1))
    assert pullers["bulk"]["bulk"].waits == [0.1]
    assert not pullers["fast"]["bulk"].waits


async def test_who_waits_with_the_last_slot_gives_it_up_once_the_other_lane_wants_it() -> None:
    fetcher, _ = make_fetcher(turn=0.02)
    waiting = asyncio.create_task(fetcher.next("fast", 600))
    await asyncio.sleep(0)
    fetcher.want_slot("bulk")
    async with asyncio.timeout(120):
        assert await waiting is None


async def test_a_fetcher_that_has_ended_waits_for_nothing() -> None:
    fetcher, pullers = make_fetcher(turn=600)
    waiting = asyncio.create_task(fetcher.next("fast", 600))
    await asyncio.sleep(0)
    fetcher.end()
    async with asyncio.timeout(120):
        assert await waiting is None
    assert await fetcher.next("bulk", 600) is None
    assert not pullers["bulk"]["bulk"].waits


async def test_nothing_is_asked_for_while_the_connection_is_lost(tmp_path: Path) -> None:
    with nats_server(tmp_path) as url:
        client = await connect_nats(url)
        puller = Puller(client, VIDEOS, "voice-fast")
        await puller.open()
    async with asyncio.timeout(120):
        while client.is_connected:
            await asyncio.sleep(0.01)
    with pytest.raises(nats.errors.ConnectionReconnectingError):
        await puller.pull()
    assert client.pending_data_size == 0
    await client.close()
