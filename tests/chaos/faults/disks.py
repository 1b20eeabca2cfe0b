"""Filling the disks: of the workers' scratch files, of the store, of the event log."""

from __future__ import annotations

import asyncio
from random import Random

from chaos.disk import Disk
from chaos.fault import Fault
from chaos.world import World


def fill_disk(name: str) -> Fault:
    """A fault that leaves a disk no free space for a while."""

    def find(world: World) -> Disk:
        return world.disks[name]

    async def strike(world: World, random: Random) -> str:
        with find(world).filled() as size:
            await asyncio.sleep(random.uniform(2, 10) * world.scale)
        return f"took {size / 1e6:.0f} MB, all that was free for {name}"

    return Fault(
        name=f"fill-{name}",
        touches=frozenset({name}),
        strike=strike,
        can_strike=lambda world: find(world).is_small,
    )


DISK_FAULTS = tuple(fill_disk(name) for name in ("scratch", "store", "nats"))
