"""`batch.completed`: sent once, when the last video of a batch has ended, however it ended; and deliveries erased."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import PublishedVideo

from lectern.contracts.events import now
from lectern.contracts.log import LogEntry
from lectern.gateway.batch_ends import tell_batch_end
from lectern.gateway.webhooks import Announcer
from lectern.worker import Connections
from lectern.worker.testing import MemoryEventLog


class AnnouncedLog:
    """What was appended to the log, until an announcer is told of it."""

    def __init__(self, gateway: TestGateway) -> None:
        deps = gateway.deps
        tell = partial(tell_batch_end, deps)
        self.announcer = Announcer(deps.event_log, deps.webhook_endpoints, deps.webhook_deliveries, tell)
        self.deliveries = deps.webhook_deliveries
        self.waiting: list[LogEntry] = []

    async def append(self, entry: LogEntry) -> None:
        self.waiting.append(entry)

    async def announce(self) -> None:
        """Tell of all that waits; twice, as a consumer may."""
        for entry in [*self.waiting, *self.waiting]:
            await self.announcer.announce(entry.event, entry.sequence, now())
        self.waiting.clear()

    async def read_bodies(self, webhook: str) -> list[dict[str, Any]]:
        """What a webhook is told, oldest first, once all was announced."""
        await self.announce()
        found, _ = await self.deliveries.page(webhook.rpartition("/")[2], limit=100, after=None)
        return [msgspec.json.decode(delivery.body) for delivery in reversed(found)]


@pytest.fixture
def announced(gateway: TestGateway) -> AnnouncedLog:
    """An announcer that hears of what the gateway's log gets."""
    announced, event_log = AnnouncedLog(gateway), gateway.deps.event_log
    assert isinstance(event_log, MemoryEventLog)
    event_log.followers.append(announced.append)
    return announced


async def register(http: httpx.AsyncClient, *events: str) -> str:
    """A webhook's URL in the API."""
    answer = await http.post("/v1/webhooks", json={"url": "http://localhost:9009/", "events": events})
    return str(answer.headers["location"])


async def request_batch(http: httpx.AsyncClient, count: int) -> dict[str, Any]:
    requests = [{"topic": f"Topic {number}"} for number in range(count)]
    batch: dict[str, Any] = (await http.post("/v1/batches", json={"requests": [*requests, {"topic": ""}]})).json()
    return batch


async def test_a_batch_is_completed_when_its_last_video_has_ended(
    http: httpx.AsyncClient, announced: AnnouncedLog
) -> None:
    webhook, other = await register(http, "batch.completed"), await register(http, "video.failed")
    batch = await request_batch(http, 3)
    first, second, third = [item["url"] for item in batch["items"] if item["url"]]
    await http.post(f"{first}/cancel")
    await http.delete(second)
    assert await announced.read_bodies(webhook) == []
    await http.post(f"{third}/cancel")
    (body,) = await announced.read_bodies(webhook)
    assert (body["type"], body["data"]["id"]) == ("batch.completed", batch["id"])
    counts = {"total": 4, "refused": 1, "completed": 0, "failed": 0, "cancelled": 2, "deleted": 1}
    assert (body["data"]["status"], body["data"]["counts"]) == ("ended", counts)
    assert (await http.get(body["data"]["urls"]["self"])).json()["id"] == batch["id"]
    assert await announced.read_bodies(other) == []
    await http.post(f"{first}/retry")
    await http.post(f"{first}/cancel")
    assert len(await announced.read_bodies(webhook)) == 1, "a video that is made again does not end the batch again"


async def test_deleting_the_last_video_ends_a_batch(http: httpx.AsyncClient, announced: AnnouncedLog) -> None:
    webhook = await register(http, "batch.completed")
    batch = await request_batch(http, 2)
    for item in batch["items"][:2]:
        await http.delete(item["url"])
    (body,) = await announced.read_bodies(webhook)
    assert body["data"]["counts"]["deleted"] == 2


async def test_a_batch_that_is_cancelled_says_so(http: httpx.AsyncClient, announced: AnnouncedLog) -> None:
    webhook = await register(http, "batch.completed")
    batch = await request_batch(http, 2)
    cancelled = await http.post(batch["urls"]["cancel"])
    assert cancelled.status_code == 202, cancelled.text
    assert cancelled.json()["counts"]["cancelled"] == 2, cancelled.text
    (body,) = await announced.read_bodies(webhook)
    assert body["data"]["status"] == "cancelled"


async def test_whatever_was_to_be_told_of_a_video_is_deleted_with_it(
    http: httpx.AsyncClient, announced: AnnouncedLog, connections: Connections
) -> None:
    webhook = await register(http, "video.completed")
    gone, kept = PublishedVideo(connections), PublishedVideo(connections)
    await gone.finish()
    await kept.finish()
    assert len(await announced.read_bodies(webhook)) == 2
    assert (await http.delete(gone.url)).status_code == 204
    assert [body["data"]["id"] for body in await announced.read_bodies(webhook)] == [kept.video_id]


async def test_what_is_deleted_before_it_was_announced_is_not_told_and_holds_up_nothing(
    http: httpx.AsyncClient, announced: AnnouncedLog, connections: Connections
) -> None:
    webhook = await register(http, "video.completed")
    gone, kept = PublishedVideo(connections), PublishedVideo(connections)
    await gone.finish()
    assert (await http.delete(gone.url)).status_code == 204
    await kept.finish()
    assert [body["data"]["id"] for body in await announced.read_bodies(webhook)] == [kept.video_id]
