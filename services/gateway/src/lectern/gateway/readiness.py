"""Checks of everything that serving requests depends on."""

from __future__ import annotations

from lectern.contracts import topology
from lectern.gateway.views import Views
from lectern.worker import CHECK_TIMEOUT_SECONDS, Check, Connections, connection_checks, map_concurrently


def make_checks(connections: Connections, views: Views) -> dict[str, Check]:
    """The checks that `/readyz` runs: those of every service, and the gateway's own."""

    async def check_connected() -> None:
        if not connections.nats.is_connected:
            raise ConnectionError("not connected")

    async def check_consumers() -> None:
        js = connections.nats.jetstream(timeout=CHECK_TIMEOUT_SECONDS)
        names = [consumer.name for consumer in topology.consumers() if consumer.stream == topology.VIDEOS]
        await map_concurrently(lambda name: js.consumer_info(topology.VIDEOS, name), names)

    return {
        "nats": check_connected,
        "consumers": check_consumers,
        "views": views.wait_until_current,
        **connection_checks(connections),
    }
