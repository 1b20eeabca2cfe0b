"""What a gateway does when a server takes no more, or takes it slowly: it says when to come back, and loses nothing.

Quotas are in test_quotas.py, readers who do not read in test_streams.py, a store's full disk in test_admission.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chaos.proxy import Proxy, run_proxy
from nats.aio.client import Client
from nats.js import api
from unit.gateway.gateways import TestGateway, gateway_over_servers
from unit.gateway.images import make_png

from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, Settings, open_store

pytestmark = pytest.mark.slow

IMAGE: dict[str, Any] = {"content": make_png(8, 8), "headers": {"Content-Type": "image/png"}, "timeout": 120}
VIDEO: dict[str, Any] = {"json": {"topic": "Tides"}, "headers": {"Idempotency-Key": "tides"}}


async def limit_log(nats: Client, most: int) -> None:
    """Gives the log a size in bytes, at which it takes no more; -1 takes the limit away."""
    js = nats.jetstream()
    config = (await js.stream_info(VIDEOS)).config
    config.max_bytes, config.discard = most, api.DiscardPolicy.NEW if most > 0 else api.DiscardPolicy.OLD
    await js.update_stream(config)


async def test_while_the_log_is_full_requests_are_told_when_to_come_back_and_are_met_once_there_is_room(
    settings: Settings, server_connections: Connections, nats: Client
) -> None:
    async with gateway_over_servers(settings, server_connections) as gateway:
        await limit_log(nats, 1)
        refused = await gateway.http.post("/v1/videos", **VIDEO, timeout=60)
        assert (refused.status_code, refused.json()["code"]) == (503, "dependency-unavailable"), refused.text
        assert int(refused.headers["retry-after"]) > 0
        assert (await gateway.http.get("/v1/videos")).json()["data"] == [], "and nothing is there by half"
        await limit_log(nats, -1)
        made = [await gateway.http.post("/v1/videos", **VIDEO) for _ in range(2)]
        assert [answer.status_code for answer in made] == [202, 202]
        assert len({answer.json()["id"] for answer in made}) == 1
        assert (await nats.jetstream().stream_info(VIDEOS)).state.messages == 1


@pytest.fixture
async def proxy(settings: Settings) -> AsyncIterator[Proxy]:
    """What lies between the gateway and its store."""
    async with run_proxy(int(settings.s3_endpoint.rpartition(":")[2])) as running:
        yield running


@pytest.fixture
async def far(settings: Settings, nats: Client, proxy: Proxy) -> AsyncIterator[TestGateway]:
    """A gateway whose store is behind the proxy."""
    there = settings.model_copy(update={"s3_endpoint": f"http://127.0.0.1:{proxy.port}"})
    async with open_store(there) as store, gateway_over_servers(there, Connections.over(nats, store)) as gateway:
        yield gateway


async def test_a_slow_store_holds_up_those_who_need_it_and_nobody_else(far: TestGateway, proxy: Proxy) -> None:
    with proxy.holding():
        uploads = [asyncio.create_task(far.http.post("/v1/assets", **IMAGE)) for _ in range(20)]
        made = await far.http.post("/v1/videos", **VIDEO)
        assert made.status_code == 202
        assert (await far.http.get("/v1/videos")).status_code == 200
        assert not any(upload.done() for upload in uploads)
    assert {answer.status_code for answer in await asyncio.gather(*uploads)} <= {200, 201}


async def test_a_store_that_nobody_reaches_is_named_with_a_time_to_come_back(far: TestGateway, proxy: Proxy) -> None:
    with proxy.refusing():
        refused = await far.http.post("/v1/assets", **IMAGE)
        assert (refused.status_code, refused.json()["code"]) == (503, "dependency-unavailable")
        assert "store" in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
    assert (await far.http.post("/v1/assets", **IMAGE)).status_code in (200, 201)
