"""Claims on keys: one at a time in all processes, and nobody waits for the dead, nor for a server that is away."""

from __future__ import annotations

import asyncio

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js import api

from lectern.contracts.topology import CLAIMS
from lectern.worker import JetStreamKeyValueStore, KeyClaims, KeyValueStore
from lectern.worker.testing import MemoryKeyValueStore

KEY = "narration.0123"


@pytest.fixture(params=["memory", pytest.param("nats", marks=pytest.mark.slow)])
def bucket(request: pytest.FixtureRequest) -> KeyValueStore:
    """The double, and the declared bucket of a server."""
    if request.param == "memory":
        return MemoryKeyValueStore()
    return JetStreamKeyValueStore(request.getfixturevalue("nats"), CLAIMS)


class Away(MemoryKeyValueStore):
    """A bucket whose server does not answer."""

    async def create(self, key: str, value: bytes) -> int | None:
        raise nats.errors.TimeoutError


async def wait_until_renewed(bucket: KeyValueStore, revision: int) -> None:
    """Waits until the key's entry is newer than a revision."""
    async with asyncio.timeout(60):
        while (entry := await bucket.get(KEY)) is None or entry.revision <= revision:
            await asyncio.sleep(0.01)


async def test_a_key_is_held_by_one_process_at_a_time(bucket: KeyValueStore) -> None:
    held, most = 0, 0

    async def hold(claims: KeyClaims) -> None:
        nonlocal held, most
        async with claims.holding(KEY):
            held += 1
            most = max(most, held)
            await asyncio.sleep(0.02)
            held -= 1

    async with asyncio.timeout(60):
        await asyncio.gather(*(hold(KeyClaims(bucket)) for _ in range(3)))
    assert most == 1
    assert await bucket.get(KEY) is None, "nothing is left of it"


async def test_other_keys_are_not_waited_for(bucket: KeyValueStore) -> None:
    async with asyncio.timeout(60), KeyClaims(bucket).holding(KEY), KeyClaims(bucket).holding("another"):
        pass


async def test_whoever_fails_or_gives_up_lets_the_next_one_in(bucket: KeyValueStore) -> None:
    with pytest.raises(ValueError, match="no answer"):
        async with KeyClaims(bucket).holding(KEY):
            raise ValueError("no answer")
    async with asyncio.timeout(60), KeyClaims(bucket).holding(KEY):
        pass


async def test_a_claim_is_renewed_for_as_long_as_it_is_held() -> None:
    bucket = MemoryKeyValueStore()
    async with KeyClaims(bucket, lease=0.02).holding(KEY):
        await wait_until_renewed(bucket, 2)
    assert await bucket.get(KEY) is None


async def test_a_claim_that_the_server_forgot_while_we_were_frozen_is_made_again_unless_another_has_it() -> None:
    bucket = MemoryKeyValueStore()
    async with KeyClaims(bucket, lease=0.02).holding(KEY):
        await bucket.delete(KEY)
        await wait_until_renewed(bucket, 2)
        await bucket.delete(KEY)
        others = await bucket.create(KEY, b"another's")
    entry = await bucket.get(KEY)
    if entry is not None:  # it may have been ours again by the time that the other asked
        assert entry.revision == others


@pytest.mark.slow
async def test_nobody_waits_for_a_process_that_has_died(nats: Client) -> None:
    await nats.jetstream().create_key_value(config=api.KeyValueConfig(bucket="short-claims", ttl=1.0))
    bucket = JetStreamKeyValueStore(nats, "short-claims")
    assert await bucket.create(KEY, b"")  # and nothing renews it
    async with asyncio.timeout(60), KeyClaims(bucket).holding(KEY):
        pass


async def test_no_work_stops_because_claims_cannot_be_made() -> None:
    async with asyncio.timeout(60), KeyClaims(Away()).holding(KEY):
        pass


@pytest.mark.slow
async def test_no_work_stops_where_the_bucket_is_not_declared_yet(nats: Client) -> None:
    async with asyncio.timeout(60), KeyClaims(JetStreamKeyValueStore(nats, "no-such-bucket")).holding(KEY):
        pass
