"""Cutting, slowing and holding what passes between the services and a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

from chaos.fault import Fault
from chaos.proxy import Proxy
from chaos.world import World


def _find(world: World, server: str) -> Proxy:
    return world.nats_proxy if server == "nats" else world.store_proxy


def cut_connections(server: str) -> Fault:
    """A fault that resets every connection to a server, a few times."""

    async def strike(world: World, random: Random) -> str:
        times, cut = random.randint(1, 3), 0
        for _ in range(times):
            cut += _find(world, server).cut()
            await asyncio.sleep(random.uniform(0.1, 0.8))
        return f"cut {cut} connections to {server} in {times} blows"

    return Fault(name=f"cut-{server}", touches=frozenset({f"{server}-network"}), strike=strike)


def disturb_connections(
    kind: str, disturb: Callable[[Proxy], AbstractContextManager[None]], seconds: tuple[float, float], told: str
) -> Callable[[str], Fault]:
    """Faults of a kind, one for each server, that disturb its proxy for some of the seconds between these two."""

    def make(server: str) -> Fault:
        async def strike(world: World, random: Random) -> str:
            with disturb(_find(world, server)):
                await asyncio.sleep(random.uniform(*seconds) * world.scale)
            return f"{told} {server}"

        return Fault(name=f"{kind}-{server}", touches=frozenset({f"{server}-network"}), strike=strike)

    return make


def slow_connections(server: str) -> Fault:
    """A fault in which each piece of data waits."""

    async def strike(world: World, random: Random) -> str:
        pause = random.uniform(0.02, 0.3)
        with _find(world, server).slowing(pause):
            await asyncio.sleep(random.uniform(3, 10) * world.scale)
        return f"{server} was slower by {pause:.2f} s a piece"

    return Fault(name=f"slow-{server}", touches=frozenset({f"{server}-network"}), strike=strike)


KINDS = (
    cut_connections,
    disturb_connections("refuse", Proxy.refusing, (1, 8), "nobody reached"),
    slow_connections,
    disturb_connections("hold", Proxy.holding, (2, 10), "nothing passed to"),
)
NETWORK_FAULTS = tuple(make(server) for server in ("nats", "store") for make in KINDS)
