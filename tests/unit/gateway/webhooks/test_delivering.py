"""From an event to a receiver: once, signed, again after failures, and nobody waits for somebody else's endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from standardwebhooks import Webhook
from unit.gateway.gateways import wait_until
from unit.gateway.published_video import PublishedVideo
from unit.gateway.webhooks.receivers import Receiver, hang, receiving, respond

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import FieldError, Problem
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.schemas import WebhookEvent
from lectern.gateway.webhooks import (
    Announcer,
    CheckedBackend,
    Deliveries,
    DeliveryAttempt,
    Dispatcher,
    Endpoints,
    Sender,
    WebhookDelivery,
    WebhookEndpoint,
    make_test_delivery,
    redeliver,
)
from lectern.gateway.webhooks.deliveries import MAX_ATTEMPTS_KEPT, make_delivery_id
from lectern.gateway.webhooks.endpoints import SigningSecret
from lectern.gateway.webhooks.payloads import MAX_BODY_BYTES, make_video_body
from lectern.gateway.webhooks.retrying import DELAYS, DISABLED_AFTER, JITTER, judge, note_reply
from lectern.gateway.webhooks.schedule import DispatchLimits, DispatchSchedule
from lectern.gateway.webhooks.sending import Reply
from lectern.gateway.webhooks.signing import make_secret
from lectern.worker import Connections, KeyValueStore, Meter
from lectern.worker.testing import MemoryKeyValueStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVERY_EVENT = get_args(WebhookEvent)


@dataclass
class Buckets:
    """What gateways share."""

    endpoints: KeyValueStore = field(default_factory=MemoryKeyValueStore)
    deliveries: KeyValueStore = field(default_factory=MemoryKeyValueStore)


@dataclass
class Sending:
    """One gateway's part that sends."""

    endpoints: Endpoints
    deliveries: Deliveries
    dispatcher: Dispatcher

    async def register(self, receiver: Receiver, owner: str = "") -> WebhookEndpoint:
        """An endpoint for a receiver, of every event."""
        endpoint = WebhookEndpoint(
            id=new_id(),
            owner=owner,
            url=receiver.url,
            events=EVERY_EVENT,
            created_at=datetime.now(UTC),
            secrets=(SigningSecret(key=make_secret()),),
        )
        await self.endpoints.create(endpoint)
        return endpoint

    async def deliver(self, endpoint: WebhookEndpoint) -> WebhookDelivery:
        """Something to send to it."""
        delivery = make_test_delivery(endpoint, new_id())
        await self.deliveries.create(delivery)
        return delivery

    async def wait_for(self, delivery: WebhookDelivery, check: Callable[[WebhookDelivery], bool]) -> WebhookDelivery:
        """The delivery once the check holds."""
        found: list[WebhookDelivery] = []

        async def holds() -> bool:
            stored = await self.deliveries.read(delivery.endpoint, delivery.id)
            found[:] = [stored[0]] if stored else []
            return bool(found) and check(found[0])

        await wait_until(holds, 20)
        return found[0]


@asynccontextmanager
async def dispatching(
    buckets: Buckets,
    *,
    limits: DispatchLimits | None = None,
    claim_seconds: float = 30.0,
    timeout: float = 5.0,
    metrics: GatewayMetrics | None = None,
) -> AsyncIterator[Sending]:
    """A gateway's dispatcher at work."""
    endpoints, deliveries = Endpoints(buckets.endpoints), Deliveries(buckets.deliveries)
    sender = Sender(CheckedBackend(allow_loopback=True), timeout=timeout)
    dispatcher = Dispatcher(
        endpoints,
        deliveries,
        sender,
        allow_loopback=True,
        limits=limits,
        claim_seconds=claim_seconds,
        metrics=metrics,
    )
    await endpoints.start()
    await deliveries.start()
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    try:
        yield Sending(endpoints, deliveries, dispatcher)
    finally:
        stop.set()
        await running
        await deliveries.close()
        await endpoints.close()


def is_done(delivery: WebhookDelivery) -> bool:
    return delivery.state != "pending"


async def test_a_delivery_is_sent_signed_and_logged() -> None:
    async with receiving() as receiver, dispatching(Buckets()) as gateway:
        endpoint = await gateway.register(receiver)
        delivery = await gateway.wait_for(await gateway.deliver(endpoint), is_done)
    (request,) = receiver.requests
    assert request.headers["webhook-id"] == delivery.id
    assert Webhook(endpoint.secrets[0].key).verify(request.body, request.headers)["type"] == "webhook.test"
    assert delivery.state == "delivered"
    assert [(attempt.status, attempt.error) for attempt in delivery.attempts] == [(204, "")]


async def test_a_failure_is_tried_again_with_the_same_id_and_body() -> None:
    async with receiving(respond(500), respond(204)) as receiver, dispatching(Buckets()) as gateway:
        delivery = await gateway.deliver(await gateway.register(receiver))
        failed = await gateway.wait_for(delivery, lambda each: bool(each.attempts))
        assert failed.state == "pending"
        assert failed.due is not None
        await gateway.deliveries.change(delivery.endpoint, delivery.id, redeliver)
        await gateway.wait_for(delivery, is_done)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


async def test_attempts_are_counted_by_what_came_of_them_and_what_waits_is_told() -> None:
    meter = Meter()
    async with (
        receiving(respond(500), respond(410)) as receiver,
        dispatching(Buckets(), metrics=GatewayMetrics(meter)) as gateway,
    ):
        delivery = await gateway.deliver(await gateway.register(receiver))
        await gateway.wait_for(delivery, lambda each: bool(each.attempts))
        assert gateway.dispatcher.measure_backlog() == (1, 0.0)
        await gateway.deliveries.change(delivery.endpoint, delivery.id, redeliver)
        await gateway.wait_for(delivery, is_done)

        async def is_told() -> bool:
            return gateway.dispatcher.measure_backlog() == (0, 0.0)

        await wait_until(is_told)
    counts = {
        outcome: meter.registry.get_sample_value("lectern_webhook_attempts_total", {"outcome": outcome})
        for outcome in ("delivered", "retried", "failed")
    }
    assert counts == {"delivered": 0, "retried": 1, "failed": 1}
    assert meter.registry.get_sample_value("lectern_webhook_attempt_seconds_count") == 2


def test_a_delivery_that_is_due_and_not_sent_tells_for_how_long() -> None:
    schedule = DispatchSchedule(DispatchLimits(endpoint=1), lambda endpoint: endpoint)
    schedule.add("a", "1", 1, at=10.0)
    schedule.add("a", "2", 1, at=20.0)
    schedule.add("a", "2", 2, at=90.0)
    schedule.add("b", "3", 1, at=95.0)
    assert schedule.measure_backlog(70.0) == (3, 60.0)
    schedule.take(70.0)
    assert schedule.measure_backlog(70.0) == (3, 0.0), "one runs, and the other's time has moved"


async def test_several_gateways_send_each_delivery_once() -> None:
    buckets = Buckets()
    async with receiving() as receiver, dispatching(buckets) as one, dispatching(buckets), dispatching(buckets):
        endpoint = await one.register(receiver)
        deliveries = [await one.deliver(endpoint) for _ in range(30)]
        for delivery in deliveries:
            await one.wait_for(delivery, is_done)
    sent = [request.headers["webhook-id"] for request in receiver.requests]
    assert sorted(sent) == sorted(delivery.id for delivery in deliveries)


async def test_what_a_dead_gateway_had_begun_is_sent_by_another_once_its_claim_runs_out() -> None:
    buckets = Buckets()
    async with receiving() as receiver, dispatching(buckets, claim_seconds=0.2) as gateway:
        endpoint = await gateway.register(receiver)
        begun = msgspec.structs.replace(make_test_delivery(endpoint, new_id()), claimed=True, claims=1)
        await gateway.deliveries.create(begun)
        assert (await gateway.wait_for(begun, is_done)).state == "delivered"
    assert len(receiver.requests) == 1


async def test_a_hanging_endpoint_delays_nobody_else_and_is_bounded() -> None:
    limits = DispatchLimits(endpoint=2, owner=3, total=8)
    async with receiving(hang) as hanging, receiving() as receiver, dispatching(Buckets(), limits=limits) as gateway:
        stuck = [await gateway.register(hanging, "slow") for _ in range(3)]
        for endpoint in stuck:
            for _ in range(10):
                await gateway.deliver(endpoint)
        await hanging.wait_for(3)
        delivery = await gateway.deliver(await gateway.register(receiver, "quick"))
        assert (await gateway.wait_for(delivery, is_done)).state == "delivered"
        assert hanging.open == hanging.most_open == 3, "an owner has as many attempts at once as an owner may have"


async def test_an_endpoint_that_is_gone_is_disabled_and_no_more_is_sent() -> None:
    async with receiving(respond(410)) as receiver, dispatching(Buckets()) as gateway:
        endpoint = await gateway.register(receiver)
        assert (await gateway.wait_for(await gateway.deliver(endpoint), is_done)).state == "failed"

        async def disabled() -> bool:
            found = gateway.endpoints.get_mirrored(endpoint.id)
            return found is not None and not found.enabled and "410" in found.note

        await wait_until(disabled)
        later = await gateway.wait_for(await gateway.deliver(endpoint), is_done)
        assert (later.state, later.attempts[0].error) == ("failed", "the endpoint is disabled")
    assert len(receiver.requests) == 1


async def test_an_endpoint_that_asks_for_a_pause_gets_it_for_all_its_deliveries() -> None:
    async with receiving(respond(429, "Retry-After: 300")) as receiver, dispatching(Buckets()) as gateway:
        endpoint = await gateway.register(receiver)
        await gateway.wait_for(await gateway.deliver(endpoint), lambda each: bool(each.attempts))

        async def paused() -> bool:
            found = gateway.endpoints.get_mirrored(endpoint.id)
            return found is not None and found.paused_until is not None

        await wait_until(paused)
        other = await gateway.deliver(endpoint)
        waiting = await gateway.wait_for(other, lambda each: each.due != other.due)
        assert waiting.due is not None
        assert waiting.due > datetime.now(UTC) + timedelta(seconds=200)
        assert waiting.tries == 0
    assert len(receiver.requests) == 1


async def test_what_waits_for_a_deleted_endpoint_is_dropped() -> None:
    buckets = Buckets()
    async with receiving() as receiver, dispatching(buckets) as gateway:
        endpoint = await gateway.register(receiver)
        await gateway.endpoints.delete(endpoint.id)
        delivery = await gateway.deliver(endpoint)

        async def gone() -> bool:
            return await gateway.deliveries.read(endpoint.id, delivery.id) is None

        await wait_until(gone)
    assert receiver.requests == []


async def test_a_url_that_is_refused_by_now_is_not_connected_to() -> None:
    endpoints, deliveries = Endpoints(MemoryKeyValueStore()), Deliveries(MemoryKeyValueStore())
    dispatcher = Dispatcher(endpoints, deliveries, Sender(CheckedBackend()))
    await endpoints.start()
    await deliveries.start()
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    async with receiving() as receiver:
        gateway = Sending(endpoints, deliveries, dispatcher)
        delivery = await gateway.deliver(await gateway.register(receiver))
        tried = await gateway.wait_for(delivery, lambda each: bool(each.attempts))
        assert "public internet" in tried.attempts[0].error
    stop.set()
    await running
    assert receiver.requests == []


@pytest.mark.parametrize("tries", range(1, len(DELAYS)))
def test_failures_are_tried_again_by_the_specifications_table(tries: int) -> None:
    due = judge(Reply(status=500), tries, NOW).due
    assert due is not None
    assert DELAYS[tries] <= (due - NOW).total_seconds() <= DELAYS[tries] * (1 + JITTER)


def test_after_the_last_attempt_a_delivery_is_given_up() -> None:
    verdict = judge(Reply(error="no response within 15 seconds"), len(DELAYS), NOW)
    assert (verdict.delivered, verdict.due) == (False, None)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_respected_and_bounded(status: int) -> None:
    verdict = judge(Reply(status=status, retry_after="90"), 1, NOW)
    assert verdict.pause_until == verdict.due == NOW + timedelta(seconds=90)
    endless = judge(Reply(status=status, retry_after="999999999"), 1, NOW)
    assert endless.due is not None
    assert endless.due <= NOW + timedelta(hours=1)
    assert judge(Reply(status=500, retry_after="90"), 1, NOW).pause_until is None


def test_a_redirect_is_a_failure_that_says_so() -> None:
    assert "redirects are not followed" in judge(Reply(status=302), 1, NOW).error


def make_endpoint(**fields: object) -> WebhookEndpoint:
    values = {"id": "e", "owner": "", "url": "https://x.example/", "events": EVERY_EVENT, "created_at": NOW}
    return msgspec.convert({**values, "secrets": [{"key": "whsec_AAAA"}], **fields}, WebhookEndpoint)


def test_an_endpoint_is_disabled_after_days_of_nothing_but_failures() -> None:
    given_up = judge(Reply(status=500), len(DELAYS), NOW)
    fresh = note_reply(make_endpoint(), Reply(status=500), given_up, NOW)
    assert fresh.enabled
    assert fresh.failing_since == NOW
    later = NOW + DISABLED_AFTER
    disabled = note_reply(fresh, Reply(status=500), given_up, later)
    assert not disabled.enabled
    assert "2026-11-20 12:00 UTC" in disabled.note
    recovered = note_reply(fresh, Reply(status=200), judge(Reply(status=200), 3, later), later)
    assert (recovered.enabled, recovered.failing_since) == (True, None)


def test_the_attempts_of_one_delivery_last_as_long_as_an_endpoint_may_fail() -> None:
    assert timedelta(seconds=sum(DELAYS)) >= DISABLED_AFTER


def test_the_log_of_attempts_is_bounded() -> None:
    delivery = make_test_delivery(make_endpoint(), new_id())
    for _ in range(MAX_ATTEMPTS_KEPT + 5):
        delivery = delivery.attempt(DeliveryAttempt(at=NOW, seconds=0.1, status=500), "pending", NOW)
    assert len(delivery.attempts) == MAX_ATTEMPTS_KEPT
    assert delivery.tries == MAX_ATTEMPTS_KEPT + 5


def test_an_endpoint_and_an_event_have_one_id_which_sorts_by_time() -> None:
    one = make_delivery_id("endpoint", "event", NOW)
    assert one == make_delivery_id("endpoint", "event", NOW)
    others = {make_delivery_id("endpoint 2", "event", NOW), make_delivery_id("endpoint", "event 2", NOW)}
    assert len(others | {one}) == 3
    assert one < make_delivery_id("endpoint", "event", NOW + timedelta(microseconds=1))
    assert one[14] == "7"


class Announcing:
    """An announcer over doubles, and what it has made."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.endpoints = Endpoints(MemoryKeyValueStore())
        self.deliveries = Deliveries(MemoryKeyValueStore())
        self.batches: list[tuple[str, str]] = []  # of which a video ended, and their owners
        self.announcer = Announcer(connections.event_log, self.endpoints, self.deliveries, self.note_batch)

    async def note_batch(self, batch_id: str, owner: str) -> None:
        self.batches.append((batch_id, owner))

    async def announce(self, video: PublishedVideo, at: datetime | None = None) -> None:
        """Announce every event of a video."""
        for sequence, event in await video.read():
            await self.announcer.announce(event, sequence, at or datetime.now(UTC))

    async def read(self, endpoint: WebhookEndpoint) -> list[dict[str, object]]:
        """The bodies for an endpoint, oldest first."""
        found, _ = await self.deliveries.page(endpoint.id, limit=100, after=None)
        return [msgspec.json.decode(delivery.body) for delivery in reversed(found)]


async def test_an_owner_is_told_of_what_it_asked_for_and_nobody_else_is(connections: Connections) -> None:
    announcing = Announcing(connections)
    mine = make_endpoint(id="mine", events=["video.completed", "scene.failed"])
    theirs = make_endpoint(id="theirs", owner="somebody else")
    for endpoint in (mine, theirs):
        await announcing.endpoints.create(endpoint)
    await announcing.endpoints.start()
    video = PublishedVideo(connections, review=True)
    await video.request()
    await video.write_script()
    await video.fail_scene(2)
    await video.complete()
    for _ in range(2):  # the second time nothing new is made
        await announcing.announce(video)
    bodies = await announcing.read(mine)
    assert [body["type"] for body in bodies] == ["scene.failed", "video.completed"]
    assert await announcing.read(theirs) == []


async def test_a_body_shows_the_video_as_it_was_at_the_event(connections: Connections) -> None:
    announcing = Announcing(connections)
    await announcing.endpoints.create(endpoint := make_endpoint())
    await announcing.endpoints.start()
    video = PublishedVideo(connections, review=True)
    await video.request()
    await video.write_script()
    await video.fail()
    await announcing.announce(video)
    waiting, failed = [body["data"] for body in await announcing.read(endpoint)]
    assert isinstance(waiting, dict)
    assert isinstance(failed, dict)
    assert (waiting["status"], waiting["error"]) == ("awaiting_approval", None)
    assert waiting["urls"]["script"] == f"{video.url}/script"
    assert (failed["status"], failed["error"]["code"]) == ("failed", "out-of-memory")
    assert failed["error"]["type"] == "/problems/out-of-memory"


async def test_an_endpoint_is_not_told_of_what_was_before_it(connections: Connections) -> None:
    announcing = Announcing(connections)
    await announcing.endpoints.create(endpoint := make_endpoint())
    await announcing.endpoints.start()
    video = PublishedVideo(connections)
    await video.finish()
    await announcing.announce(video, NOW - timedelta(seconds=1))
    assert await announcing.read(endpoint) == []


async def test_the_largest_body_fits_the_specifications_limit(connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    errors = tuple(FieldError(pointer="/x" * 200, detail="ä" * 900) for _ in range(60))
    long = Problem(code="c" * 80, title="ä" * 300, detail="ä" * 900, remedy="ä" * 900, errors=errors)
    sequence = await video.publish(e.VideoFailed, problem=long)
    body = make_video_body("video.failed", await video.read(), sequence)
    assert len(body.encode()) <= MAX_BODY_BYTES
