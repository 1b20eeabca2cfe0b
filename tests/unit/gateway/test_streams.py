"""Event streams: everything once and in order, whoever disconnects, lags or restarts."""

from __future__ import annotations

import asyncio
import time

import httpx
import msgspec
import pytest
from nats.aio.client import Client
from unit.gateway.serving import Running, Sent, collect, running, sent, until
from unit.gateway.story import Story

from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.requests import Progress
from lectern.contracts.topology import VIDEOS
from lectern.gateway.frames import Frame
from lectern.gateway.hub import Mailbox, MailboxClosed
from lectern.worker import Connections, Settings

pytestmark = pytest.mark.slow


def ids(blocks: list[Sent]) -> list[int]:
    return [int(block.id) for block in blocks if block.id]


async def test_a_new_client_gets_a_snapshot_and_then_what_happens(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    last = await story.scripted()
    async with api.http.stream("GET", f"{story.url}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-cache"
        blocks = aiter(sent(answer))
        assert (await anext(blocks)).retry == 3000
        snapshot = await anext(blocks)
        assert (snapshot.name, int(snapshot.id), snapshot.data["resync"]) == ("video.snapshot", last, False)
        assert [scene["title"] for scene in snapshot.data["video"]["scenes"]] == ["Part 1", "Part 2"]
        for scene in (1, 2):
            await story.rendered(scene)
            block = await anext(blocks)
            assert (block.name, block.data["scene"]["number"]) == ("scene.rendered", scene)
            assert block.data["scene"]["footage"].endswith(f"/scenes/{scene}/footage")
            assert block.data["video"]["scenes_rendered"] == scene
            assert block.data["seq"] == int(block.id)
        await story.completed()
        final = await anext(blocks)
        assert (final.name, final.data["video"]["status"]) == ("video.completed", "completed")
        assert [block async for block in blocks] == []


async def test_a_client_that_resumes_at_any_place_gets_the_rest_once(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.made()
    log = [seq for seq, _ in await story.log.read(story.video_id)]
    for place, seq in enumerate(log[:-1]):
        assert ids(await collect(api.http, f"{story.url}/events", Last_Event_ID=str(seq))) == log[place + 1 :]
    assert ids(await collect(api.http, f"{story.url}/events?after=0")) == log


async def test_the_header_wins_over_the_query_as_browsers_reconnect_with_both(
    api: Running, connections: Connections
) -> None:
    story = Story(connections)
    await story.made()
    log = [seq for seq, _ in await story.log.read(story.video_id)]
    assert ids(await collect(api.http, f"{story.url}/events?after=0", Last_Event_ID=str(log[-3]))) == log[-2:]


async def test_an_ended_video_with_nothing_newer_answers_204_so_that_browsers_stop(
    api: Running, connections: Connections
) -> None:
    story = Story(connections)
    await story.made()
    last = (await story.log.read(story.video_id))[-1][0]
    answer = await api.http.get(f"{story.url}/events", headers={"Last-Event-ID": str(last)})
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_place_the_log_does_not_have_is_answered_with_a_snapshot_that_says_so(
    api: Running, connections: Connections
) -> None:
    story = Story(connections)
    await story.requested()
    await story.failed()
    blocks = await collect(api.http, f"{story.url}/events?after=1")
    assert [block.name for block in blocks if block.name] == ["video.failed"]
    async with api.http.stream("GET", f"{(other := await _fresh(connections)).url}/events?after=999999") as answer:
        stream = aiter(sent(answer))
        await anext(stream)
        snapshot = await anext(stream)
        assert (snapshot.name, snapshot.data["resync"]) == ("video.snapshot", True)
        assert snapshot.data["video"]["id"] == other.video_id


async def _fresh(connections: Connections) -> Story:
    story = Story(connections)
    await story.requested()
    return story


@pytest.mark.parametrize("place", ["x", "-1", "1.5", "²", "9" * 40])
async def test_an_id_that_cannot_be_one_is_refused(api: Running, connections: Connections, place: str) -> None:
    story = await _fresh(connections)
    answer = await api.http.get(f"{story.url}/events", params={"after": place})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?after")


async def test_a_retried_video_is_followed_past_its_first_failure(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    await story.failed()
    story.revision = 2
    await story.requested()
    await story.completed()
    blocks = await collect(api.http, f"{story.url}/events?after=0")
    assert [b.name for b in blocks if b.name] == [
        "video.requested",
        "video.failed",
        "video.requested",
        "video.completed",
    ]


async def test_clients_that_keep_reconnecting_miss_nothing_and_get_nothing_twice(
    api: Running, connections: Connections
) -> None:
    story = Story(connections, scenes=30)
    await story.requested()
    await story.scripted()

    async def make() -> None:
        for scene in range(1, 31):
            await story.planned(scene)
            await story.coded(scene)
            await story.rendered(scene)
        await story.completed()

    async def watch(drop_after: int) -> list[int]:
        seen: list[int] = []
        place = "0"
        while True:
            async with api.http.stream("GET", f"{story.url}/events", headers={"Last-Event-ID": place}) as answer:
                if answer.status_code == 204:
                    return seen
                taken = 0
                async for block in sent(answer):
                    if block.id:
                        place = block.id
                        seen.append(int(block.id))
                        taken += 1
                    if taken == drop_after:
                        break

    *watched, _ = await asyncio.gather(*(watch(drop) for drop in (1, 2, 3, 7, 1000)), make())
    log = [seq for seq, _ in await story.log.read(story.video_id)]
    assert len(log) == 93
    assert all(seen == log for seen in watched)


async def test_a_hundred_clients_share_one_subscription(api: Running, connections: Connections) -> None:
    story = await _fresh(connections)
    js = connections.nats.jetstream()
    subscriptions = len(connections.nats._subs)
    consumers = (await js.stream_info(VIDEOS)).state.consumer_count

    async def watch(ready: asyncio.Semaphore) -> list[int]:
        async with http.stream("GET", f"{story.url}/events") as answer:
            blocks = []
            async for block in sent(answer):
                blocks.append(block)
                if block.name == "video.snapshot":
                    ready.release()
            return ids(blocks)

    ready = asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=None)
    http = httpx.AsyncClient(base_url=api.url, timeout=20, limits=limits)
    watching = [asyncio.create_task(watch(ready)) for _ in range(100)]
    for _ in watching:
        await ready.acquire()
    assert len(connections.nats._subs) == subscriptions
    assert (await js.stream_info(VIDEOS)).state.consumer_count == consumers
    assert b"lectern_event_streams 100.0" in (await api.http.get("/metrics")).content
    started = time.monotonic()
    await story.scripted()
    await story.completed()
    results = await asyncio.gather(*watching)
    log = [seq for seq, _ in await story.log.read(story.video_id)]
    assert all(seen == log for seen in results)
    assert time.monotonic() - started < 5

    async def none_left() -> bool:
        return b"lectern_event_streams 0.0" in (await api.http.get("/metrics")).content

    await until(none_left)
    assert api.gateway.hub._channels == {}
    await http.aclose()


async def test_progress_arrives_live_and_without_an_id(api: Running, connections: Connections) -> None:
    story = await _fresh(connections)
    async with api.http.stream("GET", f"{story.url}/events") as answer:
        blocks = aiter(sent(answer))
        await anext(blocks)
        await anext(blocks)
        report = Progress(video_id=story.video_id, stage="renderer", doing="rendering", done=120, of=372, scene=2)
        await connections.nats.publish(subjects.progress(story.video_id, 2), msgspec.json.encode(report))
        await connections.nats.publish(subjects.progress(new_id(), 2), msgspec.json.encode(report))
        block = await anext(blocks)
        assert (block.name, block.id) == ("progress", "")
        assert {name: block.data[name] for name in ("scene", "stage", "doing", "done", "of")} == {
            "scene": 2, "stage": "renderer", "doing": "rendering", "done": 120, "of": 372,
        }  # fmt: skip
        await story.failed()
        assert (await anext(blocks)).name == "video.failed"


async def test_an_idle_stream_has_a_heartbeat(settings: Settings, connections: Connections) -> None:
    async with running(settings, connections, stream_heartbeat=0.05) as server:
        story = await _fresh(connections)
        async with server.http.stream("GET", f"{story.url}/events") as answer:
            blocks = aiter(sent(answer))
            await anext(blocks)
            await anext(blocks)
            assert [(await anext(blocks)).comment for _ in range(3)] == ["ping"] * 3


async def test_an_old_stream_asks_its_client_to_connect_again(settings: Settings, connections: Connections) -> None:
    async with running(settings, connections, stream_seconds=0.2) as server:
        story = await _fresh(connections)
        blocks = await collect(server.http, f"{story.url}/events")
        assert (blocks[-1].retry, blocks[-1].data) == (500, {})


async def test_a_server_that_stops_says_goodbye_and_closes_cleanly(
    settings: Settings, connections: Connections
) -> None:
    story = Story(connections)
    async with running(settings, connections) as server:
        await story.requested()
        async with server.http.stream("GET", f"{story.url}/events") as answer:
            blocks = aiter(sent(answer))
            await anext(blocks)
            snapshot = await anext(blocks)
            started = time.monotonic()
            server.stop.set()
            rest = [block async for block in blocks]  # httpx raises when a chunked answer is cut off
            assert (rest[-1].retry, rest[-1].comment) == (500, "draining")
            await asyncio.wait_for(server.task, 5)
            assert time.monotonic() - started < 2
    await story.scripted()
    await story.completed()
    again = Connections.over(connections.nats, connections.store, type(connections.registry)())
    async with running(settings, again) as server:
        blocks_after = await collect(server.http, f"{story.url}/events", Last_Event_ID=snapshot.id)
        assert [block.name for block in blocks_after if block.name] == ["video.scripted", "video.completed"]


@pytest.mark.slow
async def test_a_client_that_refuses_bytes_is_dropped_and_others_are_served(
    settings: Settings, connections: Connections
) -> None:
    async with running(settings, connections, stream_send_seconds=0.3) as server:
        story = Story(connections, scenes=60)
        await story.requested()
        await story.scripted()
        host, port = server.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(f"GET {story.url}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await writer.drain()
        watching = asyncio.create_task(collect(server.http, f"{story.url}/events"))
        filler = "x" * 60_000
        report = Progress(video_id=story.video_id, stage="s", doing=filler, done=1, of=2)

        async def dropped() -> bool:
            await connections.nats.publish(subjects.progress(story.video_id), msgspec.json.encode(report))
            return (
                b'lectern_event_streams_ended_total{reason="stuck"} 1.0' in (await server.http.get("/metrics")).content
            )

        await until(dropped, 20)
        await story.completed()
        assert (await watching)[-1].name == "video.completed"
        writer.close()


async def test_the_log_server_restarting_costs_a_stream_nothing(
    api: Running, connections: Connections, nats: Client
) -> None:
    story = await _fresh(connections)
    async with api.http.stream("GET", f"{story.url}/events") as answer:
        blocks = aiter(sent(answer))
        await anext(blocks)
        await anext(blocks)
        await nats._process_op_err(ConnectionResetError())  # the connection breaks; the client reconnects by itself
        await story.scripted()
        await story.completed()
        assert [(await anext(blocks)).name for _ in range(2)] == ["video.scripted", "video.completed"]


def frame(seq: int | None) -> Frame:
    return Frame(data=b"x", seq=seq)


async def test_a_full_mailbox_closes_without_a_hole() -> None:
    mailbox = Mailbox(room=3)
    for seq in (1, 2, 3, 4, 5):
        mailbox.offer(frame(seq))
    assert [(await mailbox.take()).seq for _ in range(3)] == [1, 2, 3]
    with pytest.raises(MailboxClosed, match="slow"):
        await mailbox.take()


async def test_progress_gives_way_to_facts() -> None:
    mailbox = Mailbox()
    for _ in range(1000):
        mailbox.offer(frame(None))
    mailbox.offer(frame(7))
    taken = [(await mailbox.take()).seq for _ in range(33)]
    assert taken == [None] * 32 + [7]
