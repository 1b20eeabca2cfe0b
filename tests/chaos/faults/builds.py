"""Services that are replaced while videos are made: by a later build, by an earlier one, by one whose clock is wrong."""

from __future__ import annotations

import asyncio
import os
from random import Random

from chaos.fault import Fault
from chaos.world import World
from lectern.cli.runner.child import Child

SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")


def roll_service(service: str) -> Fault:
    """A fault that replaces a service by another build for a while, and puts the present one back."""

    async def strike(world: World, random: Random) -> str:
        build = random.choice(sorted(world.builds))
        await _run_with(world, service, world.builds[build])
        await asyncio.sleep(random.uniform(5, 20) * world.scale)
        await _run_with(world, service, "")
        return f"rolled {service} to {build} and back"

    return Fault(
        name=f"roll-{service}",
        touches=frozenset({service}),
        strike=strike,
        losing=frozenset({service}),
        can_strike=lambda world: bool(world.builds),
    )


async def _run_with(world: World, service: str, python_path: str) -> None:
    for member in world.stack.find_members(service):
        assert isinstance(member, Child), "only services in processes of their own can be rolled"
        await member.stop()
        paths = (python_path, os.environ.get("PYTHONPATH", ""))
        member.change_environment({"PYTHONPATH": os.pathsep.join(filter(None, paths))})
        await member.start()


BUILD_FAULTS = tuple(roll_service(service) for service in SERVICES)
