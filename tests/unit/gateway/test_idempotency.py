"""A request that is sent twice, while the first is at work, has died, or cannot say that it has given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
import pytest

from lectern.contracts import events as e
from lectern.gateway import idempotency
from lectern.gateway.idempotency import Claim, StoredResponse, run_once
from lectern.gateway.refusals import Refusal
from lectern.worker import Unavailable
from lectern.worker.testing import MemoryKeyValueStore


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("RENEWAL_SECONDS", 0.02), ("SILENT_SECONDS", 0.2), ("_POLL_SECONDS", 0.01)):
        monkeypatch.setattr(idempotency, name, seconds)


class Store:
    """Work that makes a video, and waits for `go` first."""

    def __init__(self, *, ready: bool = True) -> None:
        self.made: list[str] = []
        self.go = asyncio.Event()
        if ready:
            self.go.set()

    async def make(self, video_id: str) -> StoredResponse:
        await self.go.wait()
        self.made.append(video_id)
        return StoredResponse(status=202, headers={}, body=video_id, media_type="text/plain")


async def send(bucket: MemoryKeyValueStore, work: Callable[[str], Awaitable[StoredResponse]]) -> str:
    response = await run_once(bucket, "a key", "POST /v1/videos", "the body", work)
    return bytes(response.body).decode()


async def leave_claim(bucket: MemoryKeyValueStore, *, ahead: float) -> str:
    """The claim of a gateway whose clock is so many seconds ahead, and which has died."""
    claim = Claim(fingerprint="the body", video_id="its-video", at=e.now() + timedelta(seconds=ahead))
    await bucket.create(idempotency._slot("POST /v1/videos", "a key"), msgspec.json.encode(claim))
    return claim.video_id


@pytest.mark.parametrize("ahead", [300.0, 0.0, -300.0])
async def test_the_claim_of_a_gateway_that_died_is_taken_over_whatever_its_clock_said(ahead: float) -> None:
    bucket, store = MemoryKeyValueStore(), Store()
    video = await leave_claim(bucket, ahead=ahead)
    assert await send(bucket, store.make) == video
    assert store.made == [video]


async def test_a_request_that_is_still_at_work_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "SILENT_SECONDS", 3600.0)  # it is its signs of life that are seen
    bucket, store = MemoryKeyValueStore(), Store(ready=False)
    first = asyncio.create_task(send(bucket, store.make))
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        with pytest.raises(Refusal) as refusal:
            await send(bucket, store.make)
    assert refusal.value.problem.code == "idempotency-in-progress"
    store.go.set()
    assert [await first] == store.made
    assert await send(bucket, store.make) == store.made[0]
    assert len(store.made) == 1


async def test_a_request_that_comes_just_before_the_first_is_done_gets_its_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idempotency, "RENEWAL_SECONDS", 10.0)
    monkeypatch.setattr(idempotency, "SILENT_SECONDS", 10.0)
    bucket, store = MemoryKeyValueStore(), Store(ready=False)
    first = asyncio.create_task(send(bucket, store.make))
    await asyncio.sleep(0)
    second = asyncio.create_task(send(bucket, store.make))
    await asyncio.sleep(0.05)
    store.go.set()
    assert await first == await second
    assert len(store.made) == 1


async def test_a_request_that_could_not_say_that_it_gave_up_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, store, given = MemoryKeyValueStore(), Store(), []

    async def fail(video_id: str) -> StoredResponse:
        given.append(video_id)
        raise Unavailable("the event log does not answer", code="log-unavailable")

    async def lose(*_: object) -> int:
        raise TimeoutError

    with monkeypatch.context() as away:
        away.setattr(bucket, "update", lose)
        with pytest.raises(TimeoutError):
            await send(bucket, fail)
    assert [await send(bucket, store.make)] == given
