"""The behaviour of a key-value bucket; the same for the in-memory double and for JetStream."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext

from lectern.contracts.topology import IDEMPOTENCY
from lectern.worker import JetStreamKeyValueStore, KeyValueEntry, KeyValueStore
from lectern.worker.testing import MemoryKeyValueStore


@pytest.fixture(params=["memory", pytest.param("nats", marks=pytest.mark.slow)])
def bucket(request: pytest.FixtureRequest) -> KeyValueStore:
    """The double, and the real thing."""
    if request.param == "memory":
        return MemoryKeyValueStore()
    client: Client = request.getfixturevalue("nats")
    return JetStreamKeyValueStore(client, IDEMPOTENCY)


@pytest.mark.slow
async def test_a_watch_begins_although_its_consumer_is_lost_meanwhile(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe, seen = JetStreamContext.subscribe, asyncio.Event()

    async def lose(js: JetStreamContext, *args: Any, **options: Any) -> JetStreamContext.PushSubscription:
        subscription = await subscribe(js, *args, **options)
        info = await subscription.consumer_info()
        await js.delete_consumer(info.stream_name, info.name)
        return subscription

    async def note(_: KeyValueEntry) -> None:
        seen.set()

    bucket = JetStreamKeyValueStore(nats, IDEMPOTENCY)
    monkeypatch.setattr(JetStreamContext, "subscribe", lose)
    async with asyncio.timeout(60), bucket.watching(note) as current:
        assert current.is_set()
        await bucket.create("a", b"1")
        await seen.wait()


async def test_a_key_is_created_once(bucket: KeyValueStore) -> None:
    assert await bucket.get("a") is None
    revision = await bucket.create("a", b"1")
    assert revision
    assert await bucket.create("a", b"2") is None
    assert await bucket.get("a") == KeyValueEntry(key="a", value=b"1", revision=revision)


async def test_only_the_newest_revision_can_be_changed(bucket: KeyValueStore) -> None:
    first = await bucket.create("a", b"1")
    assert first is not None
    second = await bucket.update("a", b"2", first)
    assert second is not None
    assert second > first
    assert await bucket.update("a", b"3", first) is None
    assert not await bucket.delete("a", first)
    entry = await bucket.get("a")
    assert entry is not None
    assert (entry.value, entry.revision) == (b"2", second)


async def test_a_deleted_key_is_absent_and_can_be_created_again(bucket: KeyValueStore) -> None:
    revision = await bucket.create("a", b"1")
    assert await bucket.delete("a", revision)
    assert await bucket.get("a") is None
    assert await bucket.create("a", b"2")


async def test_of_simultaneous_claims_one_wins(bucket: KeyValueStore) -> None:
    claims = await asyncio.gather(*(bucket.create("a", bytes([number])) for number in range(20)))
    assert sum(claim is not None for claim in claims) == 1


async def test_racing_changes_are_all_made(bucket: KeyValueStore) -> None:
    def count(value: bytes | None) -> bytes:
        return str(int(value or b"0") + 1).encode()

    entries = await asyncio.gather(*(bucket.change("a", count) for _ in range(20)))
    assert {entry.value for entry in entries if entry} == {str(number).encode() for number in range(1, 21)}
    assert await bucket.get("a") in entries


async def test_a_change_that_changes_nothing_writes_nothing(bucket: KeyValueStore) -> None:
    assert await bucket.change("a", lambda value: None) is None
    await bucket.create("a", b"1")
    before = await bucket.get("a")
    assert await bucket.change("a", lambda value: None) == before
    assert await bucket.get("a") == before


@pytest.mark.parametrize("present", [0, 1, 3])
async def test_a_watcher_gets_what_exists_and_then_each_change(bucket: KeyValueStore, present: int) -> None:
    for number in range(present):
        await bucket.create(f"old{number}", b"1")
    received: asyncio.Queue[KeyValueEntry] = asyncio.Queue()
    async with bucket.watching(received.put) as current, asyncio.timeout(120):
        await current.wait()
        assert received.qsize() == present
        await bucket.create("new", b"2")
        entries = [await received.get() for _ in range(present + 1)]
        await bucket.delete("new")
        entries.append(await received.get())
    assert [entry.key for entry in entries] == [*(f"old{number}" for number in range(present)), "new", "new"]
    assert [entry.value for entry in entries[-2:]] == [b"2", None]
    await bucket.create("later", b"3")
    assert received.empty()


async def test_purging_removes_the_keys_that_match_and_no_others(bucket: KeyValueStore) -> None:
    for key in ("voice-fast.7", "coder-bulk.7", "coder-bulk.77", "video.7.x"):
        await bucket.create(key, b"1")
    await bucket.purge("*.7")
    assert [key for key in ("voice-fast.7", "coder-bulk.7", "coder-bulk.77", "video.7.x") if await bucket.get(key)] == [
        "coder-bulk.77",
        "video.7.x",
    ]
    assert await bucket.create("voice-fast.7", b"2")
