"""Requests that wait for a video: Prefer: wait, and long polls."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from unit.gateway.gateways import TestGateway, wait_until
from unit.gateway.published_video import PublishedVideo

from lectern.gateway.waiting import parse_preference
from lectern.worker import Connections
from lectern.worker.testing import MemoryEventLog


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("wait=7", 7),
        ("respond-async, Wait = 10", 10),
        ("return=minimal, wait=3; x=y", 3),
        ('wait="5"', 5),
        ("wait=100000", 60),
        ("wait=-1", 0),
        ("wait=x, wait", 0),
        ("wait=1e9, wait=2", 2),
        ("x" * 10_000, 0),
    ],
)
def test_a_preference_is_read_as_rfc_7240_says_and_nonsense_is_ignored(header: str, seconds: int) -> None:
    assert parse_preference(header) == seconds


async def begin(gateway: TestGateway, connections: Connections, **query: Any) -> tuple[PublishedVideo, Any]:
    """A video that is being made, and a request that waits for it."""
    video = PublishedVideo(connections)
    await video.request()
    task = asyncio.create_task(gateway.http.get(video.url, params={"wait": 30}, **query))

    async def waits() -> bool:
        return video.video_id in gateway.deps.hub.watched

    await wait_until(waits)
    return video, task


async def test_a_poll_is_answered_when_the_video_ends(gateway: TestGateway, connections: Connections) -> None:
    video, task = await begin(gateway, connections)
    await video.write_script()
    await video.render(1)
    assert not task.done()
    await video.complete()
    assert (await task).json()["status"] == "completed"
    assert video.video_id not in gateway.deps.hub.watched


async def test_a_poll_with_an_etag_is_answered_at_the_next_change(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    first = await video.request()
    tag = {"If-None-Match": f'"{first}"'}
    task = asyncio.create_task(gateway.http.get(video.url, params={"wait": 30}, headers=tag))

    async def waits() -> bool:
        return video.video_id in gateway.deps.hub.watched

    await wait_until(waits)
    await video.write_script()
    answer = await task
    assert (answer.status_code, answer.json()["status"]) == (200, "in_progress")
    same = await gateway.http.get(video.url, params={"wait": 1}, headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304


async def test_a_poll_for_a_video_that_is_deleted_meanwhile_says_so(
    gateway: TestGateway, connections: Connections
) -> None:
    video, task = await begin(gateway, connections)
    await gateway.http.delete(video.url)
    assert (await task).status_code == 410


async def test_waiting_reads_the_log_no_oftener_than_not_waiting(
    gateway: TestGateway, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, task = await begin(gateway, connections)
    reads = 0
    read = connections.event_log.read

    async def count(video_id: str, *args: Any, **options: Any) -> Any:
        nonlocal reads
        reads += 1
        return await read(video_id, *args, **options)

    assert isinstance(connections.event_log, MemoryEventLog)
    projecting = connections.event_log.followers.pop()  # the projection, which reads the log at each event
    monkeypatch.setattr(connections.event_log, "read", count)
    await video.write_script()
    for scene in (1, 2):
        await video.plan(scene)
        await video.render(scene)
    assert reads == 0
    await video.complete()
    await task
    assert reads == 1
    connections.event_log.followers.append(projecting)


async def test_a_server_that_drains_answers_at_once(gateway: TestGateway, connections: Connections) -> None:
    _, task = await begin(gateway, connections)
    started = time.monotonic()
    gateway.deps.hub.drain()
    assert (await task).json()["status"] == "queued"
    assert time.monotonic() - started < 10


async def create_and_wait(
    gateway: TestGateway, seconds: int, **options: Any
) -> tuple[asyncio.Task[httpx.Response], str]:
    """A request that creates a video and prefers to wait for it, and the video's id."""
    send = {"json": {"topic": "Rain", "options": options}, "headers": {"Prefer": f"wait={seconds}"}}
    task = asyncio.create_task(gateway.http.post("/v1/videos", **send))  # type: ignore[arg-type]

    async def waits() -> bool:
        return bool(gateway.deps.hub.watched)

    await wait_until(waits)
    return task, next(iter(gateway.deps.hub.watched))


async def test_a_request_that_prefers_to_wait_gets_the_finished_video(
    gateway: TestGateway, connections: Connections
) -> None:
    task, video_id = await create_and_wait(gateway, 30)
    video = PublishedVideo(connections)
    video.video_id = video_id
    await video.write_script()
    await video.complete()
    answer = await task
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert answer.headers["preference-applied"] == "wait=30"


async def test_waiting_ends_when_the_script_awaits_approval_and_goes_on_after_it(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections, review=True)
    await video.request()
    await video.write_script()
    assert (await gateway.http.get(video.url, params={"wait": 30})).json()["status"] == "awaiting_approval"
    send = {"headers": {"Prefer": "wait=30"}}
    task = asyncio.create_task(gateway.http.post(f"{video.url}/approve", **send))  # type: ignore[arg-type]

    async def approved() -> bool:
        return not (await video.read()).state.awaits_approval()

    await wait_until(approved)
    await video.fail()
    answer = await task
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")


async def test_a_wait_that_is_too_short_is_answered_as_accepted(gateway: TestGateway) -> None:
    task, video_id = await create_and_wait(gateway, 1)
    answer = await task
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/videos/{video_id}")
    assert answer.headers["preference-applied"] == "wait=1"


@pytest.mark.parametrize("wait", ["61", "-1", "x", "1.5"])
async def test_an_impossible_wait_is_refused(gateway: TestGateway, connections: Connections, wait: str) -> None:
    video = PublishedVideo(connections)
    await video.request()
    answer = await gateway.http.get(f"{video.url}?wait={wait}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?wait")
