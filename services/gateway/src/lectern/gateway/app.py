"""Builds the gateway: the one place that knows its concrete parts."""

from __future__ import annotations

import asyncio

from lectern.contracts.topology import IDEMPOTENCY
from lectern.gateway.api import application
from lectern.gateway.context import Gateway
from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.projector import Projector
from lectern.gateway.serving import serve
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.views import Views
from lectern.worker import Connections, Service


async def assemble(settings: GatewaySettings, connections: Connections) -> Gateway:
    """The gateway's parts, not started. Needs the topology to be applied."""
    return Gateway(
        settings=settings,
        connections=connections,
        log=connections.event_log,
        hub=Hub(connections.nats),
        views=Views(connections.nats),
        answers=await connections.nats.jetstream(timeout=5).key_value(IDEMPOTENCY),
        metrics=GatewayMetrics(connections.registry),
    )


async def build(settings: GatewaySettings | None, connections: Connections) -> Service:
    """The gateway as a service: HTTP and the projector of views, side by side."""
    settings = settings or GatewaySettings()
    gateway = await assemble(settings, connections)
    projector = Projector(connections.nats, gateway.log, gateway.views, gateway.metrics)
    app = application(gateway)

    async def start() -> None:
        await gateway.views.start()
        await gateway.hub.start()

    async def close() -> None:
        await gateway.hub.close()
        await gateway.views.close()

    async def run(stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(app, settings, stop, gateway.hub.drain), name="gateway:http")
            tasks.create_task(projector.run(stop), name="gateway:projector")

    return Service(
        name="gateway", connections=connections, settings=settings, deps=gateway, start=start, close=close, run=run
    )
