"""Stopping the event log and the object store, with and without a chance to say goodbye."""

from __future__ import annotations

import asyncio
from random import Random

from chaos.fault import Fault
from chaos.world import World

OUTAGE_SECONDS = (2.0, 12.0)


def kill_server(name: str) -> Fault:
    """A fault that kills a server, which the runner starts again."""

    async def strike(world: World, random: Random) -> str:
        world.stack.kill(name)
        return f"killed {name}"

    return Fault(name=f"kill-{name}", touches=frozenset({name}), strike=strike)


def stop_server(name: str) -> Fault:
    """A fault that stops a server for a while."""

    async def strike(world: World, random: Random) -> str:
        seconds = random.uniform(*OUTAGE_SECONDS) * world.scale
        async with world.stack.without(name):
            await asyncio.sleep(seconds)
        return f"stopped {name} for {seconds:.1f} s and started it"

    return Fault(name=f"stop-{name}", touches=frozenset({name}), strike=strike)


SERVER_FAULTS = tuple(make(name) for name in ("nats", "store") for make in (kill_server, stop_server))
