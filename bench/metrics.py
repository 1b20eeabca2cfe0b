"""What metrics cost: `python bench/metrics.py [--messages 1000] [--rounds 6]`.

CPU time of a message in the worker loop with metrics and with metrics that do nothing, interleaved so that a noisy
neighbour affects both alike (CPU time, as others' work takes none of it; the median counts); of one count and one
observation; and of the page that a scrape asks for.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway_process import run_nats
from worker_loop import measure_loop, publish

from lectern.worker import (
    BoundedCounter,
    BoundedGauge,
    BoundedHistogram,
    Connections,
    apply_topology,
    configure_logs,
    connect_nats,
    expose,
)
from lectern.worker.testing import MemoryObjectStore

SLOTS, REPEATS = 8, 50_000
COUNTING = [(BoundedCounter, "inc"), (BoundedHistogram, "observe"), (BoundedGauge, "inc"), (BoundedGauge, "dec")]


@contextmanager
def counting_nothing() -> Iterator[None]:
    """Metrics do nothing while the context lasts."""
    real = [(kind, name, getattr(kind, name)) for kind, name in COUNTING]
    for kind, name in COUNTING:
        setattr(kind, name, lambda *_, **__: None)
    try:
        yield
    finally:
        for kind, name, method in real:
            setattr(kind, name, method)


async def measure_message(connections: Connections, count: int) -> float:
    """Microseconds of CPU time for a message, the server's not included."""
    await publish(connections, "fast", count)
    started = time.process_time()
    await measure_loop(connections, SLOTS, count)
    return (time.process_time() - started) / count * 1e6


def measure_call(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Microseconds of CPU time for a call."""
    started = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - started) / repeats * 1e6


async def print_costs(url: str, count: int, rounds: int) -> None:
    """Measures and prints."""
    nats = await connect_nats(url, "bench")
    await apply_topology(nats)
    connections = Connections.over(nats, MemoryObjectStore(), component="voice")
    with_metrics: list[float] = []
    without: list[float] = []
    for _ in range(rounds):
        with_metrics.append(await measure_message(connections, count))
        with counting_nothing():
            without.append(await measure_message(connections, count))
    metrics = connections.metrics
    page, _ = expose(connections.registry)
    count_us = measure_call(lambda: metrics.processed.inc("voice", "success"))
    observe_us = measure_call(lambda: metrics.duration.observe(1.0, "voice", "success"))
    page_us = measure_call(lambda: expose(connections.registry), 50)
    print(f"a message with metrics    {statistics.median(with_metrics):7.0f} us")
    print(f"a message without         {statistics.median(without):7.0f} us")
    print(f"a count                   {count_us:7.1f} us")
    print(f"an observation            {observe_us:7.1f} us")
    print(f"a page of {len(page) / 1000:4.0f} kB         {page_us:7.0f} us")
    await nats.close()


def main() -> None:
    """Starts a server and measures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=6)
    arguments = parser.parse_args()
    configure_logs("json", "ERROR")
    with run_nats() as url:
        asyncio.run(print_costs(url, arguments.messages, arguments.rounds))


if __name__ == "__main__":
    main()
