"""Event streams: every event once and in order, through disconnections, lag and restarts."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import msgspec
import pytest
from unit.gateway.gateways import StreamBlock, TestGateway, collect_blocks, gateway_on_a_port, read_blocks, wait_until
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.requests import Progress
from lectern.gateway.mailbox import Mailbox, MailboxClosed
from lectern.gateway.stream_frames import StreamFrame
from lectern.worker import Connections, Meter, StageMetrics


def second_process(connections: Connections) -> Connections:
    """The same connections with metrics of their own."""
    meter = Meter()
    return dataclasses.replace(connections, meter=meter, metrics=StageMetrics(meter))


def list_ids(blocks: list[StreamBlock]) -> list[int]:
    return [int(block.id) for block in blocks if block.id]


async def test_a_new_client_gets_a_snapshot_and_then_live_events(served: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    last = await video.write_script()
    async with served.http.stream("GET", f"{video.url}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "private, no-cache"
        blocks = aiter(read_blocks(answer))
        assert (await anext(blocks)).retry == 3000
        snapshot = await anext(blocks)
        assert (snapshot.name, int(snapshot.id), snapshot.data["resync"]) == ("video.snapshot", last, False)
        assert [scene["title"] for scene in snapshot.data["video"]["scenes"]] == ["Part 1", "Part 2"]
        for scene in (1, 2):
            await video.render(scene)
            block = await anext(blocks)
            assert (block.name, block.data["scene"]["number"]) == ("scene.rendered", scene)
            assert block.data["scene"]["footage"].endswith(f"/scenes/{scene}/footage")
            assert block.data["video"]["scenes_rendered"] == scene
            assert block.data["seq"] == int(block.id)
        await video.complete()
        final = await anext(blocks)
        assert (final.name, final.data["video"]["status"]) == ("video.completed", "completed")
        assert [block async for block in blocks] == []


async def test_a_client_that_resumes_anywhere_gets_the_rest_once(served: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    log = [seq for seq, _ in await video.read()]
    for place, seq in enumerate(log[:-1]):
        assert (
            list_ids(await collect_blocks(served.http, f"{video.url}/events", Last_Event_ID=str(seq)))
            == log[place + 1 :]
        )
    assert list_ids(await collect_blocks(served.http, f"{video.url}/events?after=0")) == log


async def test_last_event_id_wins_over_the_query(served: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    log = [seq for seq, _ in await video.read()]
    assert (
        list_ids(await collect_blocks(served.http, f"{video.url}/events?after=0", Last_Event_ID=str(log[-3])))
        == log[-2:]
    )


async def test_resuming_after_the_outcome_is_204_so_that_browsers_stop(
    served: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    last = (await video.read())[-1][0]
    answer = await served.http.get(f"{video.url}/events", headers={"Last-Event-ID": str(last)})
    assert (answer.status_code, answer.content) == (204, b"")


async def test_resuming_after_an_unknown_id_yields_a_snapshot_marked_resync(
    served: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.fail()
    blocks = await collect_blocks(served.http, f"{video.url}/events?after=1")
    assert [block.name for block in blocks if block.name] == ["video.failed"]
    async with served.http.stream(
        "GET", f"{(other := await request_video(connections)).url}/events?after=999999"
    ) as answer:
        stream = aiter(read_blocks(answer))
        await anext(stream)
        snapshot = await anext(stream)
        assert (snapshot.name, snapshot.data["resync"]) == ("video.snapshot", True)
        assert snapshot.data["video"]["id"] == other.video_id


async def request_video(connections: Connections) -> PublishedVideo:
    video = PublishedVideo(connections)
    await video.request()
    return video


@pytest.mark.parametrize("place", ["x", "-1", "1.5", "²", "9" * 40])
async def test_a_malformed_event_id_is_refused(served: TestGateway, connections: Connections, place: str) -> None:
    video = await request_video(connections)
    answer = await served.http.get(f"{video.url}/events", params={"after": place})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?after")


async def test_a_stream_of_a_retried_video_continues_past_its_first_failure(
    served: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.fail()
    video.revision = 2
    await video.request()
    await video.complete()
    blocks = await collect_blocks(served.http, f"{video.url}/events?after=0")
    assert [b.name for b in blocks if b.name] == [
        "video.requested",
        "video.failed",
        "video.requested",
        "video.completed",
    ]


@pytest.mark.slow
async def test_clients_that_keep_reconnecting_miss_nothing_and_get_nothing_twice(
    served: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections, scenes=30)
    await video.request()
    await video.write_script()

    async def make() -> None:
        for scene in range(1, 31):
            await video.plan(scene)
            await video.code(scene)
            await video.render(scene)
        await video.complete()

    async def watch(drop_after: int) -> list[int]:
        seen: list[int] = []
        place = "0"
        while True:
            async with served.http.stream("GET", f"{video.url}/events", headers={"Last-Event-ID": place}) as answer:
                if answer.status_code == 204:
                    return seen
                taken = 0
                async for block in read_blocks(answer):
                    if block.id:
                        place = block.id
                        seen.append(int(block.id))
                        taken += 1
                    if taken == drop_after:
                        break

    *watched, _ = await asyncio.gather(*(watch(drop) for drop in (1, 2, 3, 7, 1000)), make())
    log = [seq for seq, _ in await video.read()]
    assert len(log) == 93
    assert all(seen == log for seen in watched)


async def test_progress_arrives_live_and_without_an_id(served: TestGateway, connections: Connections) -> None:
    video = await request_video(connections)
    async with served.http.stream("GET", f"{video.url}/events") as answer:
        blocks = aiter(read_blocks(answer))
        await anext(blocks)
        await anext(blocks)
        report = Progress(video_id=video.video_id, stage="renderer", doing="rendering", done=120, of=372, scene=2)
        await connections.bus.publish(subjects.progress(video.video_id, 2), msgspec.json.encode(report))
        await connections.bus.publish(subjects.progress(new_id(), 2), msgspec.json.encode(report))
        block = await anext(blocks)
        assert (block.name, block.id) == ("progress", "")
        assert {name: block.data[name] for name in ("scene", "stage", "doing", "done", "of")} == {
            "scene": 2, "stage": "renderer", "doing": "rendering", "done": 120, "of": 372,
        }  # fmt: skip
        await video.fail()
        assert (await anext(blocks)).name == "video.failed"


async def test_an_idle_stream_has_a_heartbeat(connections: Connections) -> None:
    async with gateway_on_a_port(connections, stream_heartbeat=0.05) as server:
        video = await request_video(connections)
        async with server.http.stream("GET", f"{video.url}/events") as answer:
            blocks = aiter(read_blocks(answer))
            await anext(blocks)
            await anext(blocks)
            assert [(await anext(blocks)).comment for _ in range(3)] == ["ping"] * 3


async def test_a_stream_that_reaches_its_maximum_age_asks_its_client_to_reconnect(connections: Connections) -> None:
    async with gateway_on_a_port(connections, stream_seconds=0.2) as server:
        video = await request_video(connections)
        blocks = await collect_blocks(server.http, f"{video.url}/events")
        assert (blocks[-1].retry, blocks[-1].data) == (500, {})


async def test_a_draining_server_closes_streams_with_a_retry_hint(connections: Connections) -> None:
    video = PublishedVideo(connections)
    async with gateway_on_a_port(connections) as server:
        await video.request()
        async with server.http.stream("GET", f"{video.url}/events") as answer:
            blocks = aiter(read_blocks(answer))
            await anext(blocks)
            snapshot = await anext(blocks)
            started = time.monotonic()
            server.stop.set()
            rest = [block async for block in blocks]  # httpx raises when a chunked answer is cut off
            assert (rest[-1].retry, rest[-1].comment) == (500, "draining")
            await asyncio.wait_for(server.task, 120)
            assert time.monotonic() - started < 2
    await video.write_script()
    await video.complete()
    async with gateway_on_a_port(second_process(connections)) as server:
        blocks_after = await collect_blocks(server.http, f"{video.url}/events", Last_Event_ID=snapshot.id)
        assert [block.name for block in blocks_after if block.name] == ["video.scripted", "video.completed"]


@pytest.mark.slow
async def test_a_client_that_stops_reading_is_disconnected_and_others_are_served(connections: Connections) -> None:
    async with gateway_on_a_port(connections, stream_send_seconds=0.3) as server:
        video = PublishedVideo(connections, scenes=60)
        await video.request()
        await video.write_script()
        host, port = server.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(f"GET {video.url}/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        await writer.drain()
        watching = asyncio.create_task(collect_blocks(server.http, f"{video.url}/events"))
        filler = "x" * 60_000
        report = Progress(video_id=video.video_id, stage="s", doing=filler, done=1, of=2)

        async def dropped() -> bool:
            await connections.bus.publish(subjects.progress(video.video_id), msgspec.json.encode(report))
            return (
                b'lectern_event_streams_ended_total{reason="stuck"} 1.0' in (await server.http.get("/metrics")).content
            )

        await wait_until(dropped, 20)
        await video.complete()
        assert (await watching)[-1].name == "video.completed"
        writer.close()


def frame(seq: int | None) -> StreamFrame:
    return StreamFrame(data=b"x", seq=seq)


async def test_a_full_mailbox_closes_without_a_gap() -> None:
    mailbox = Mailbox(max_frames=3)
    for seq in (1, 2, 3, 4, 5):
        mailbox.offer(frame(seq))
    assert [(await mailbox.take()).seq for _ in range(3)] == [1, 2, 3]
    with pytest.raises(MailboxClosed, match="slow"):
        await mailbox.take()


async def test_progress_is_dropped_before_events() -> None:
    mailbox = Mailbox()
    for _ in range(1000):
        mailbox.offer(frame(None))
    mailbox.offer(frame(7))
    taken = [(await mailbox.take()).seq for _ in range(33)]
    assert taken == [None] * 32 + [7]


async def test_why_streams_end_and_how_late_events_are_is_counted(connections: Connections) -> None:
    async with gateway_on_a_port(connections) as server:
        video = PublishedVideo(connections)
        await video.request()
        watching = asyncio.create_task(collect_blocks(server.http, f"{video.url}/events"))

        def read(name: str, /, **labels: str) -> float | None:
            return connections.registry.get_sample_value(f"lectern_event_stream{name}", labels)

        async def is_open() -> bool:
            return read("s") == 1

        await wait_until(is_open)
        await video.write_script()

        async def has_it() -> bool:
            return bool(read("_lag_seconds_count"))

        await wait_until(has_it)
        server.deps.hub.drain()
        await watching
        await collect_blocks(server.http, f"{video.url}/events", Last_Event_ID="1")
    assert read("s_opened_total", start="snapshot") == 1
    assert read("s_opened_total", start="resumed") == 1
    assert read("s_ended_total", reason="draining") == 2
    assert read("s") == 0
