"""Killing: services, and the renderer's zygotes and the forks in which scenes run."""

from __future__ import annotations

from random import Random

from chaos.fault import Fault
from chaos.process_tree import ProcessTree
from chaos.world import World

SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")


def kill_service(service: str) -> Fault:
    """A fault that kills a service (of several renderers one), which the runner starts again."""

    async def strike(world: World, random: Random) -> str:
        member = random.choice(world.stack.find_members(service))
        pid = member.pid
        member.kill()
        return f"killed {member.name}, process {pid}"

    return Fault(name=f"kill-{service}", touches=frozenset({service}), strike=strike, losing=frozenset({service}))


async def kill_render_fork(world: World, random: Random) -> str:
    """Kills the youngest process of a renderer's sandbox: the scene that it draws, if it draws one."""
    return _kill_one_of(world, random, youngest=True)


async def kill_zygote(world: World, random: Random) -> str:
    """Kills any process of a renderer's sandbox: its supervisor, a zygote, a broker, a scene."""
    return _kill_one_of(world, random, youngest=False)


def _kill_one_of(world: World, random: Random, *, youngest: bool) -> str:
    tree = ProcessTree.read()
    member = random.choice(world.stack.find_members("renderer"))
    below = tree.list_below(member.pid) if member.pid else []
    if not below:
        return "found no process of a sandbox"
    pid = below[-1] if youngest else random.choice(below)
    return f"killed {pid} of {len(below)} below {member.name}" if tree.kill(pid) else f"{pid} had ended"


CRASHES = (
    *(kill_service(service) for service in SERVICES),
    Fault(name="kill-render-fork", touches=frozenset({"renderer"}), strike=kill_render_fork),
    Fault(name="kill-zygote", touches=frozenset({"renderer"}), strike=kill_zygote),
)
