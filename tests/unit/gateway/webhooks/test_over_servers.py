"""Webhooks of whole gateways over real servers: from a video's log to a receiver, whoever dies in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from servers import free_port
from standardwebhooks import Webhook
from unit.gateway.gateways import TestGateway, gateway_over_servers, wait_until
from unit.gateway.published_video import PublishedVideo
from unit.gateway.webhooks.receivers import OK, Receiver, hang, receiving
from unit.gateway.webhooks.test_delivering import Buckets, dispatching

from lectern.contracts.topology import WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS
from lectern.worker import Connections, JetStreamKeyValueStore, Settings

pytestmark = pytest.mark.slow

DONE = ["video.completed", "scene.failed"]


async def register(gateway: TestGateway, receiver: Receiver) -> dict[str, str]:
    answer = await gateway.http.post("/v1/webhooks", json={"url": receiver.url, "events": DONE})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_video_that_is_done_is_told_of_and_logged(settings: Settings, server_connections: Connections) -> None:
    async with receiving() as receiver, gateway_over_servers(settings, server_connections) as gateway:
        webhook = await register(gateway, receiver)
        video = PublishedVideo(server_connections)
        await video.finish()
        await receiver.wait_for(1)
        (request,) = receiver.requests
        body = Webhook(webhook["secret"]).verify(request.body, request.headers)
        assert (body["type"], body["data"]["id"]) == ("video.completed", video.video_id)
        assert body["data"]["urls"]["content"] == f"{video.url}/content"

        async def logged() -> bool:
            page = (await gateway.http.get(f"/v1/webhooks/{webhook['id']}/deliveries")).json()
            return [each["status"] for each in page["data"]] == ["delivered"]

        await wait_until(logged)


async def test_two_gateways_tell_of_each_video_once(settings: Settings, server_connections: Connections) -> None:
    async with (
        receiving() as receiver,
        gateway_over_servers(settings, server_connections) as one,
        gateway_over_servers(settings, server_connections),
    ):
        webhook = await register(one, receiver)
        videos = [PublishedVideo(server_connections) for _ in range(10)]
        await asyncio.gather(*(video.finish() for video in videos))

        async def all_delivered() -> bool:
            page = (await one.http.get(f"/v1/webhooks/{webhook['id']}/deliveries")).json()
            return [each["status"] for each in page["data"]] == ["delivered"] * 10

        await wait_until(all_delivered, 20)
    told = [Webhook(webhook["secret"]).verify(each.body, each.headers)["data"]["id"] for each in receiver.requests]
    assert sorted(told) == sorted(video.video_id for video in videos)


async def test_what_happened_while_no_gateway_ran_is_told_of_later(
    settings: Settings, server_connections: Connections
) -> None:
    async with receiving() as receiver:
        async with gateway_over_servers(settings, server_connections) as gateway:
            await register(gateway, receiver)
        await PublishedVideo(server_connections).finish()
        assert receiver.requests == []
        async with gateway_over_servers(settings, server_connections):
            await receiver.wait_for(1)


@asynccontextmanager
async def gateway_process(settings: Settings) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A gateway in a process of its own."""
    port = free_port()
    env = {
        **os.environ,
        "LECTERN_NATS_URL": settings.nats_url,
        "LECTERN_S3_ENDPOINT": settings.s3_endpoint,
        "LECTERN_S3_ACCESS_KEY": settings.s3_access_key,
        "LECTERN_S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "LECTERN_METRICS_PORT": "0",
        "LECTERN_PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "lectern.gateway", env=env)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:

            async def answers() -> bool:
                assert process.returncode is None, "the gateway has ended"
                try:
                    return (await http.get("/healthz")).status_code == 200
                except httpx.TransportError:
                    return False

            await wait_until(answers, 60)
            yield process, http
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_webhook_that_was_on_its_way_from_a_killed_gateway_is_sent_again(
    settings: Settings, server_connections: Connections
) -> None:
    async with receiving(hang, OK) as receiver:
        async with gateway_process(settings) as (process, http):
            answer = await http.post("/v1/webhooks", json={"url": receiver.url, "events": DONE})
            webhook = answer.json()
            await PublishedVideo(server_connections).finish()
            await receiver.wait_for(1)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        nats = server_connections.nats
        buckets = Buckets(
            JetStreamKeyValueStore(nats, WEBHOOK_ENDPOINTS), JetStreamKeyValueStore(nats, WEBHOOK_DELIVERIES)
        )
        async with dispatching(buckets, claim_seconds=0.5) as survivor:
            await receiver.wait_for(2)

            async def delivered() -> bool:
                found, _ = await survivor.deliveries.page(webhook["id"], limit=10, after=None)
                return [(each.state, each.claims) for each in found] == [("delivered", 2)]

            await wait_until(delivered)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
