"""The gateway over real servers: outages, projection, shared subscriptions, ranges and readiness."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import msgspec
import pytest
from nats.aio.client import Client
from servers import free_port, nats_server
from unit.gateway.gateways import TestGateway, gateway_over_servers, read_blocks, wait_until
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import PROJECTOR, VIDEO_VIEWS, VIDEOS, consumer_name
from lectern.gateway.views import VERSION, View
from lectern.worker import Connections, ObjectStore, Settings, apply_topology, connect_nats

pytestmark = pytest.mark.slow

VIDEO_BYTES = random.Random(7).randbytes(700_001)


@pytest.fixture
async def whole(settings: Settings, server_connections: Connections) -> AsyncIterator[TestGateway]:
    """A whole gateway with the default settings."""
    async with gateway_over_servers(settings, server_connections) as running:
        yield running


async def list_ids(http: httpx.AsyncClient, **query: object) -> list[str]:
    """Ids on a page, newest first."""
    answer = await http.get("/v1/videos", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [video["id"] for video in answer.json()["data"]]


async def test_a_video_is_created_once_followed_listed_and_cancelled(whole: TestGateway) -> None:
    send = {"json": {"document": {"markdown": "# Leaf\n\nGreen."}}, "headers": {"Idempotency-Key": "order 1"}}
    answers = await asyncio.gather(*(whole.http.post("/v1/videos", **send) for _ in range(5)))  # type: ignore[arg-type]
    assert {answer.status_code for answer in answers} <= {202, 409}
    replayed = await whole.http.post("/v1/videos", **send)  # type: ignore[arg-type]
    assert replayed.headers["idempotent-replayed"] == "true"
    video = replayed.json()
    async with whole.http.stream("GET", video["urls"]["events"]) as stream:
        blocks = aiter(read_blocks(stream))
        await anext(blocks)
        assert (await anext(blocks)).name == "video.snapshot"
        assert (await whole.http.post(video["urls"]["cancel"])).status_code == 202
        assert (await anext(blocks)).name == "video.cancelled"

    async def listed() -> bool:
        return await list_ids(whole.http, status="cancelled") == [video["id"]]

    await wait_until(listed)
    document = await whole.deps.connections.store.get(f"videos/{video['id']}/document.md")
    assert document == b"# Leaf\n\nGreen."


async def test_a_gateway_is_ready_when_its_dependencies_answer(whole: TestGateway) -> None:
    answer = await whole.http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert set(answer.json()["checks"].values()) == {"ok"}


async def test_readiness_names_the_part_that_is_missing(whole: TestGateway) -> None:
    js = whole.deps.connections.nats.jetstream()
    await js.delete_consumer(VIDEOS, consumer_name("renderer", "fast"))
    answer = await whole.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["consumers"] == "failed: NotFoundError"
    assert answer.json()["checks"]["store"] == "ok"


async def test_readiness_answers_within_a_second_while_the_log_is_unavailable(
    settings: Settings, store: ObjectStore, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        with nats_server(tmp_path) as url:
            client = await connect_nats(url, "test")
            stack.push_async_callback(_close, client)
            await apply_topology(client)
            connections = Connections.over(client, store)
            gateway = await stack.enter_async_context(gateway_over_servers(settings, connections))
            video = PublishedVideo(connections)
            await video.request()
        started = time.monotonic()
        answer = await gateway.http.get("/readyz")
        assert time.monotonic() - started < 4.0  # the log is given five seconds, a check one
        assert (answer.status_code, answer.json()["checks"]["store"]) == (503, "ok")
        assert (await gateway.http.get("/healthz")).status_code == 200
        shown = await gateway.http.get(video.url)
        assert (shown.status_code, shown.json()["code"]) == (503, "dependency-unavailable")
        assert shown.headers["retry-after"]


async def _close(client: Client) -> None:
    with contextlib.suppress(ConnectionError):  # nats-py says goodbye even to a server that is gone
        await client.close()


@pytest.mark.parametrize("outage", [0.0, 7.0])
async def test_streams_and_lists_continue_when_the_log_server_comes_back(
    settings: Settings, store: ObjectStore, tmp_path: Path, outage: float
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        with nats_server(tmp_path, port) as url:
            client = await connect_nats(url, "test")
            stack.push_async_callback(_close, client)
            await apply_topology(client)
            connections = Connections.over(client, store)
            gateway = await stack.enter_async_context(gateway_over_servers(settings, connections))
            video = PublishedVideo(connections)
            await video.request()
            stream = gateway.http.stream("GET", f"{video.url}/events", timeout=60)
            blocks = aiter(read_blocks(await stack.enter_async_context(stream)))
            await anext(blocks)
            assert (await anext(blocks)).name == "video.snapshot"
        await asyncio.sleep(outage)
        stack.enter_context(nats_server(tmp_path, port))
        started = time.monotonic()
        await video.write_script()
        await video.complete()
        assert [block.name async for block in blocks if block.name.startswith("video.")] == [
            "video.scripted",
            "video.completed",
        ]
        print(f"resumed after {time.monotonic() - started:.1f} s")

        async def listed() -> bool:
            return await list_ids(gateway.http, status="completed") == [video.video_id]

        await wait_until(listed, 10)
        print(f"listed after {time.monotonic() - started:.1f} s")
        assert time.monotonic() - started < 15


async def test_a_stream_survives_a_broken_connection_to_the_log(
    whole: TestGateway, server_connections: Connections, nats: Client
) -> None:
    video = PublishedVideo(server_connections)
    await video.request()
    async with whole.http.stream("GET", f"{video.url}/events") as answer:
        blocks = aiter(read_blocks(answer))
        await anext(blocks)
        await anext(blocks)
        await nats._process_op_err(ConnectionResetError())  # the connection breaks; the client reconnects by itself
        await video.write_script()
        await video.complete()
        assert [(await anext(blocks)).name for _ in range(2)] == ["video.scripted", "video.completed"]


async def test_a_hundred_clients_share_one_subscription(whole: TestGateway, server_connections: Connections) -> None:
    video = PublishedVideo(server_connections)
    await video.request()
    js = server_connections.nats.jetstream()
    subscriptions = len(server_connections.nats._subs)
    consumers = (await js.stream_info(VIDEOS)).state.consumer_count

    async def watch(ready: asyncio.Semaphore) -> list[int]:
        async with http.stream("GET", f"{video.url}/events") as answer:
            blocks = []
            async for block in read_blocks(answer):
                blocks.append(block)
                if block.name == "video.snapshot":
                    ready.release()
            return [int(block.id) for block in blocks if block.id]

    ready = asyncio.Semaphore(0)
    limits = httpx.Limits(max_connections=None)
    http = httpx.AsyncClient(base_url=whole.url, timeout=20, limits=limits)
    watching = [asyncio.create_task(watch(ready)) for _ in range(100)]
    for _ in watching:
        await ready.acquire()
    assert len(server_connections.nats._subs) == subscriptions
    assert (await js.stream_info(VIDEOS)).state.consumer_count == consumers
    assert b"lectern_event_streams 100.0" in (await whole.http.get("/metrics")).content
    started = time.monotonic()
    await video.write_script()
    await video.complete()
    results = await asyncio.gather(*watching)
    sequences = [entry.sequence for entry in await video.read()]
    assert all(seen == sequences for seen in results)
    assert time.monotonic() - started < 5

    async def none_left() -> bool:
        return b"lectern_event_streams 0.0" in (await whole.http.get("/metrics")).content

    await wait_until(none_left)
    assert not whole.deps.hub.watched
    await http.aclose()


async def test_a_stopped_gateway_leaves_no_pull_behind(settings: Settings, server_connections: Connections) -> None:
    async with gateway_over_servers(settings, server_connections) as gateway:
        await gateway.http.get("/readyz")
    info = await server_connections.nats.jetstream().consumer_info(VIDEOS, PROJECTOR)
    assert info.num_waiting == 0


async def test_views_are_rebuilt_after_the_bucket_was_lost(settings: Settings, server_connections: Connections) -> None:
    videos = [PublishedVideo(server_connections) for _ in range(3)]
    async with gateway_over_servers(settings, server_connections) as gateway:
        for video in videos:
            await video.finish()

        async def all_done() -> bool:
            return len(await list_ids(gateway.http, status="completed")) == 3

        await wait_until(all_done)
    js = server_connections.nats.jetstream()
    await js.purge_stream(f"KV_{VIDEO_VIEWS}")
    bucket = await js.key_value(VIDEO_VIEWS)
    await bucket.put(videos[0].video_id, b'{"version":0}')  # of a version before ours
    for video_id in (videos[1].video_id, new_id()):  # one behind its log, and one that has none
        summary = msgspec.Raw(msgspec.json.encode({"id": video_id}))
        outdated = View(version=VERSION, seq=1, events=1, status="queued", summary=summary)
        await bucket.put(video_id, msgspec.json.encode(outdated))
    async with gateway_over_servers(settings, server_connections) as gateway:

        async def rebuilt() -> bool:
            # Until they are rebuilt, the outdated summaries above are listed as they are: the test's own client would
            # find that they do not fit the published schema.
            await gateway.deps.views.wait_until_current()
            views = [gateway.deps.views.get(video_id) for video_id in gateway.deps.views.ids()]
            return [view.status for view in views if view] == ["completed"] * 3

        await wait_until(rebuilt)
        assert await list_ids(gateway.http) == [video.video_id for video in reversed(videos)]


async def test_two_replicas_list_the_same(settings: Settings, server_connections: Connections) -> None:
    async with (
        gateway_over_servers(settings, server_connections) as one,
        gateway_over_servers(settings, server_connections) as two,
    ):
        videos = [PublishedVideo(server_connections) for _ in range(12)]
        await asyncio.gather(*(video.finish() for video in videos))
        for gateway in (one, two):

            async def complete(http: httpx.AsyncClient = gateway.http) -> bool:
                return len(await list_ids(http, status="completed", limit=100)) == 12

            await wait_until(complete, 10)
        assert await list_ids(one.http) == await list_ids(two.http)


async def test_media_from_a_real_store_whole_in_ranges_and_by_redirect(
    settings: Settings, server_connections: Connections
) -> None:
    video = PublishedVideo(server_connections)
    key = f"videos/{video.video_id}/r1/video.mp4"
    await server_connections.store.put(key, VIDEO_BYTES, "video/mp4")
    size = len(VIDEO_BYTES)
    await video.finish(e.Output(kind="video", key=key, media_type="video/mp4", bytes=size))
    url = f"{video.url}/content"
    async with gateway_over_servers(settings, server_connections) as gateway:
        answer = await gateway.http.get(url)
        assert (answer.status_code, answer.content) == (200, VIDEO_BYTES)
        for start, end in ((0, 0), (300_000, 300_009), (262_143, 262_145), (size - 1, size - 1)):
            answer = await gateway.http.get(url, headers={"Range": f"bytes={start}-{end}"})
            assert (answer.status_code, answer.content) == (206, VIDEO_BYTES[start : end + 1])
        tag = (await gateway.http.head(url)).headers["etag"]
        assert (await gateway.http.get(url, headers={"If-None-Match": tag})).status_code == 304
    async with gateway_over_servers(settings, server_connections, media_redirect=True) as gateway:
        answer = await gateway.http.get(f"{url}?download=1")
        assert (answer.status_code, answer.content) == (307, b"")
        async with httpx.AsyncClient() as plain:
            assert (await plain.get(answer.headers["location"])).content == VIDEO_BYTES
        head = await gateway.http.head(url)
        assert (head.status_code, head.headers["content-length"]) == (200, str(size))
