"""Messages a second through a trivial stage: `python bench/worker_loop.py [--messages 1000] [--rounds 3]`.

Compares the worker loop, by lane and by slots, with bare JetStream on one real nats-server: each message is pulled and
acked and nothing else, as many at once as there are slots. The loop does more for each message: it reads the video's
log and runs the handler. Rounds are interleaved so that a noisy neighbour affects all alike; the median counts.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from gateway_process import run_nats
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Lane, VideoOptions
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.worker import (
    Connections,
    Job,
    Settings,
    Stage,
    apply_topology,
    configure_logs,
    connect_nats,
)
from lectern.worker.fetching import open_puller
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

STAGE = "voice"
SLOTS = (1, 8, 32)


async def publish(connections: Connections, lane: Lane, count: int) -> None:
    """Fills a lane with planned scenes, each of a video of its own."""

    async def one() -> None:
        event = e.ScenePlanned(video_id=new_id(), lane=lane, scene=1, script_key="s", options=VideoOptions())
        await connections.event_log.publish(event)

    for start in range(0, count, 100):
        await asyncio.gather(*(one() for _ in range(min(100, count - start))))


async def measure_jetstream(nats: Client, lane: Lane, slots: int, count: int) -> float:
    """Messages a second when they are only pulled and acked, `slots` at once."""
    left = count

    async def pull() -> None:
        nonlocal left
        async with open_puller(nats, VIDEOS, consumer_name(STAGE, lane)) as puller:
            while left > 0:
                left -= 1
                message = await puller.pull(1.0)
                if message is not None:
                    await message.ack_sync(timeout=5)

    started = time.perf_counter()
    await asyncio.gather(*(pull() for _ in range(slots)))
    return count / (time.perf_counter() - started)


async def measure_loop(connections: Connections, slots: int, count: int) -> float:
    """Messages a second through the worker loop with a handler that does nothing."""
    handled, done = 0, asyncio.Event()
    stage = Stage(STAGE)

    @stage.on(e.ScenePlanned, slots=slots)
    async def handle(event: e.ScenePlanned, job: Job[None]) -> None:
        nonlocal handled
        handled += 1
        if handled == count:
            done.set()

    stop = asyncio.Event()
    started = time.perf_counter()
    running = asyncio.create_task(StageLoop(stage, connections, None, Settings()).run(stop))
    await done.wait()
    rate = count / (time.perf_counter() - started)
    stop.set()
    await running
    return rate


async def print_rates(url: str, count: int, rounds: int) -> None:
    """Prints a table of medians."""
    nats = await connect_nats(url, "bench")
    await apply_topology(nats)
    connections = Connections.over(nats, MemoryObjectStore())
    rates: dict[tuple[str, str, int], list[float]] = {}
    for _ in range(rounds):
        for slots in SLOTS:
            for lane in ("fast", "bulk"):
                ways: dict[str, Callable[[], Awaitable[float]]] = {
                    "JetStream": lambda lane=lane, slots=slots: measure_jetstream(nats, lane, slots, count),  # type: ignore[misc]
                    "loop": lambda slots=slots: measure_loop(connections, slots, count),  # type: ignore[misc]
                }
                for way, run in ways.items():
                    await publish(connections, lane, count)  # type: ignore[arg-type]
                    rates.setdefault((way, lane, slots), []).append(await run())
    await nats.close()
    print(f"{'slots':>5}  {'lane':<5} {'JetStream/s':>12} {'loop/s':>8} {'ratio':>6}")
    for slots in SLOTS:
        for lane in ("fast", "bulk"):
            base, ours = (statistics.median(rates[way, lane, slots]) for way in ("JetStream", "loop"))
            print(f"{slots:>5}  {lane:<5} {base:>12.0f} {ours:>8.0f} {ours / base:>6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    with run_nats() as url:
        asyncio.run(print_rates(url, options.messages, options.rounds))


if __name__ == "__main__":
    main()
