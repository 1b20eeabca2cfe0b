"""Quotas and rates: what an owner may use, however many gateways and keys it is asked through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process, gateway_over_servers
from unit.gateway.keyed import add_key, client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.api_keys import Quotas
from lectern.contracts.usage import Usage
from lectern.gateway.access.principal import Principal
from lectern.gateway.access.quotas import QuotaKeeper, WantedVideo
from lectern.gateway.access.rates import RateLimiter, find_network
from lectern.gateway.refusals import Refusal
from lectern.gateway.views import Views
from lectern.worker import Connections, Settings
from lectern.worker.testing import MemoryKeyValueStore

TOPIC = {"topic": "Leaves"}


@pytest.fixture
async def keyed(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway that asks for keys."""
    async with gateway_in_process(connections, require_keys=True) as running:
        yield running


async def test_the_days_videos_end_and_the_answer_says_when_they_begin_again(keyed: TestGateway) -> None:
    async with client_of(keyed, "alice", quotas=Quotas(videos_per_day=2)) as alice:
        assert [(await alice.post("/v1/videos", json=TOPIC)).status_code for _ in range(3)] == [202, 202, 429]
        answer = await alice.post("/v1/videos", json=TOPIC)
        assert answer.json()["code"] == "quota-exceeded"
        assert "videos-per-day" in answer.json()["detail"]
        assert 0 < int(answer.headers["retry-after"]) <= 86_400
    async with client_of(keyed, "alice", quotas=Quotas(videos_per_day=2)) as second_key:
        assert (await second_key.post("/v1/videos", json=TOPIC)).status_code == 429, "a second key is no second quota"
    async with client_of(keyed, "bob", quotas=Quotas(videos_per_day=2)) as bob:
        assert (await bob.post("/v1/videos", json=TOPIC)).status_code == 202


async def test_a_video_that_has_ended_makes_room_for_another(keyed: TestGateway) -> None:
    async with client_of(keyed, "alice", quotas=Quotas(videos_at_once=1)) as alice:
        video = (await alice.post("/v1/videos", json=TOPIC)).json()
        assert (await alice.post("/v1/videos", json=TOPIC)).status_code == 429
        assert (await alice.post(video["urls"]["cancel"])).status_code == 202
        assert (await alice.post("/v1/videos", json=TOPIC)).status_code == 202


async def test_a_repeated_request_counts_once(keyed: TestGateway) -> None:
    send: dict[str, Any] = {"json": TOPIC, "headers": {"Idempotency-Key": "1"}}
    async with client_of(keyed, "alice", quotas=Quotas(videos_per_day=1)) as alice:
        assert [(await alice.post("/v1/videos", **send)).status_code for _ in range(3)] == [202] * 3


async def test_dollars_are_counted_from_the_log_and_once(keyed: TestGateway, connections: Connections) -> None:
    spent = (Usage(kind="model", name="m", cost_usd=3.0),)
    async with client_of(keyed, "alice", quotas=Quotas(dollars_per_day=5.0)) as alice:
        video = PublishedVideo(connections, owner="alice")
        await video.request()
        for _ in range(2):  # the same event, published twice
            await video.publish(
                e.VideoFailed, problem=e.Problem(code="x", title="x", detail="x", remedy="x"), spent=spent
            )
        use = (await alice.get("/v1/account")).json()["use"]
        assert use["dollars_today"] == 3.0
        created = await alice.post("/v1/videos", json=TOPIC)
        assert created.json()["options"]["max_cost_usd"] == 0.5, "a tenth of the day's"
        greedy = await alice.post("/v1/videos", json={**TOPIC, "options": {"max_cost_usd": 100}})
        assert greedy.json()["options"]["max_cost_usd"] == 1.5, "what remains, and no more"
        refused = await alice.post("/v1/videos", json=TOPIC)
        assert (refused.status_code, "dollars-per-day" in refused.json()["detail"]) == (429, True)
        again = await alice.post(f"{video.url}/retry")
        assert again.status_code == 429, "more work on an old video spends as well"


async def test_minutes_of_finished_video_are_counted_by_the_month(keyed: TestGateway, connections: Connections) -> None:
    async with client_of(keyed, "alice", quotas=Quotas(minutes_per_month=0.1)) as alice:
        assert (await alice.post("/v1/videos", json=TOPIC)).status_code == 202
        await PublishedVideo(connections, owner="alice").finish()  # 9 s
        assert (await alice.get("/v1/account")).json()["use"]["minutes_this_month"] == 0.15
        refused = await alice.post("/v1/videos", json=TOPIC)
        assert (refused.status_code, "minutes-per-month" in refused.json()["detail"]) == (429, True)


async def test_a_clock_that_is_behind_opens_no_day_again() -> None:
    bucket, views = MemoryKeyValueStore(), Views(MemoryKeyValueStore())
    today = datetime(2026, 11, 22, 12, tzinfo=UTC)
    alice = Principal(owner="alice", key_id="k", quotas=Quotas(videos_per_day=1))
    right = QuotaKeeper(bucket, views, lambda: today, Quotas())
    behind = QuotaKeeper(bucket, views, lambda: today - timedelta(days=1), Quotas())
    assert await right.admit(alice, [WantedVideo("1", None)]) == [None]
    with pytest.raises(Refusal, match="videos-per-day"):
        await behind.admit(alice, [WantedVideo("2", None)])


async def test_gateways_together_let_no_more_requests_through_than_a_rate_allows() -> None:
    bucket = MemoryKeyValueStore()
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    alice, bob = Principal(owner="alice", key_id="k"), Principal(owner="bob", key_id="k")
    clocks = [lambda: now, lambda: now, lambda: now - timedelta(minutes=3)]  # one of them is wrong
    limiters = [RateLimiter(bucket, clock, {"read": 25}) for clock in clocks]
    answers = await asyncio.gather(*(limiters[each % 3].take(alice, "read") for each in range(90)))
    assert sum(refusal is None for refusal, _ in answers) == 25
    refusal, headers = await limiters[0].take(alice, "read")
    assert refusal
    assert (refusal.status, refusal.problem.code) == (429, "rate-limited")
    assert headers["RateLimit-Policy"] == '"read";q=25;w=60'
    assert "r=0" in headers["RateLimit"]
    assert (await limiters[0].take(bob, "read"))[0] is None
    later = RateLimiter(bucket, lambda: now + timedelta(minutes=1), {"read": 25})
    assert (await later.take(alice, "read"))[0] is None


async def test_a_response_shows_what_is_left(connections: Connections) -> None:
    async with (
        gateway_in_process(connections, require_keys=True, rate_reads=3) as gateway,
        client_of(gateway, "alice") as alice,
    ):
        answers = [await alice.get("/v1/videos") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit"].startswith('"read";r=2;t=')
        assert int(answers[3].headers["retry-after"]) <= 61


async def test_signing_in_and_share_links_are_counted_by_address(connections: Connections) -> None:
    limits: dict[str, Any] = {"require_keys": True, "rate_sessions": 2, "rate_shared": 3}
    async with gateway_in_process(connections, **limits) as gateway:
        guesses = [await gateway.http.post("/v1/session", json={"key": "lk_wrong"}) for _ in range(3)]
        assert [answer.status_code for answer in guesses] == [401, 401, 429]
        assert guesses[2].json()["code"] == "rate-limited"
        links = [await gateway.http.get("/v1/shared/made-up") for _ in range(4)]
        assert [answer.status_code for answer in links] == [404, 404, 404, 429]
        assert (await gateway.http.get("/healthz")).status_code in (200, 503), "operators are not counted"


async def test_what_an_owner_has_sent_to_a_webhook_at_will_is_counted_apart(connections: Connections) -> None:
    async with (
        gateway_in_process(connections, require_keys=True, rate_sends=2) as gateway,
        client_of(gateway, "alice") as alice,
    ):
        paths = ["/v1/webhooks/x/test", "/v1/webhooks/x/deliveries/y/redeliver", "/v1/webhooks/x/test"]
        assert [(await alice.post(path)).status_code for path in paths] == [404, 404, 429]
        assert (await alice.get("/v1/webhooks")).status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_subscribers_whole_network_counts_as_one(address: str, network: str) -> None:
    assert find_network(address) == network


@pytest.mark.slow
async def test_two_gateways_that_race_admit_no_more_than_the_quota(
    settings: Settings, server_connections: Connections
) -> None:
    async with AsyncExitStack() as stack:
        gateways = [
            await stack.enter_async_context(gateway_over_servers(settings, server_connections, require_keys=True))
            for _ in range(2)
        ]
        key, headers = await add_key(gateways[0].deps, "alice", quotas=Quotas(videos_per_day=5))
        await gateways[1].deps.access.ring.wait_for(key)
        sending = [gateways[n % 2].http.post("/v1/videos", json=TOPIC, headers=headers) for n in range(20)]
        answers = await asyncio.gather(*sending)
        assert sorted(answer.status_code for answer in answers) == [202] * 5 + [429] * 15
