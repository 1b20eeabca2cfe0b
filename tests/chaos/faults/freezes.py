"""Freezing a process for longer than its messages wait for an ack, and waking it up."""

from __future__ import annotations

import asyncio
import signal
from random import Random

from chaos.fault import Fault
from chaos.world import World
from lectern.contracts.topology import ACK_WAIT

SERVICES = ("scripter", "voice", "coder", "renderer", "composer")


def freeze_service(service: str) -> Fault:
    """A fault that stops a service past the ack wait: its work is given to another, or to itself again."""

    async def strike(world: World, random: Random) -> str:
        member = random.choice(world.stack.find_members(service))
        seconds = random.uniform(ACK_WAIT + 1, ACK_WAIT + 6)
        member.kill(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            member.kill(signal.SIGCONT)
        return f"froze {member.name}"

    return Fault(name=f"freeze-{service}", touches=frozenset({service}), strike=strike)


FREEZES = tuple(freeze_service(service) for service in SERVICES)
