"""How long an owner waits for another's backlog: `python bench/fairness.py [--videos 100] [--seconds 0.1] [--memory]`.

With `--cost`: what turns cost while a thousand videos wait for eight slots whose jobs take as long as a scene's render.

One owner queues many videos at a renderer-shaped stage (one slot in each replica) on one real nats-server. Once some
jobs have run, a second owner queues one video, and its first scene's wait is counted in jobs of a slot. Compares
messages in the order they came, turns by video, and turns by owner. Also counts what turns cost: messages delivered and
sent for each job, and memory, which takes long to trace.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable

import msgspec
from gateway_process import find_server, read_cpu, run_nats
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.contracts.parties import Party
from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, Job, Settings, Stage, apply_topology, configure_logs, connect_nats, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.stage import TakesTurns
from lectern.worker.testing import MemoryObjectStore

_COST_VIDEOS, _COST_OWNERS, _COST_SLOTS = 1000, 5, 8
_COST_SECONDS = (1.0, 20.0)  # of a job: short ones, and the mean of a scene's render in `day_of_videos.py`
_COST_WINDOW = 60.0  # seconds
SCENES, JOBS_BEFORE, JOBS_AFTER = 5, 10, 30
WAYS: dict[str, TakesTurns | None] = {
    "as they came": None,
    "by video": lambda event: Party(video=event.video_id),
    "by owner": take_turns,
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a way of choosing did. `wait` and `all_served` count jobs of a slot; None: it was not served."""

    wait: float | None
    all_served: float | None
    first_look: float  # seconds until the first jobs had begun
    delivered: float  # messages for each job
    sent: float  # messages to the server for each job
    kilobytes: float  # received for each job
    peak_megabytes: float


async def queue(connections: Connections, owner: str, videos: int) -> None:
    """Queues an owner's videos."""
    for _ in range(videos):
        video = new_id()
        planned = [
            e.ScenePlanned(video_id=video, owner=owner, scene=scene, script_key="s", options=VideoOptions())
            for scene in range(1, SCENES + 1)
        ]
        await asyncio.gather(*map(connections.event_log.publish, planned))


class Renderers:
    """Stub jobs of a length in seconds, counted by owner."""

    def __init__(self, seconds: float) -> None:
        self.begun: list[str] = []
        self._seconds = seconds
        self._changed = asyncio.Condition()

    async def __call__(self, event: e.ScenePlanned, job: Job[None]) -> None:
        async with self._changed:
            self.begun.append(event.owner)
            self._changed.notify_all()
        await asyncio.sleep(self._seconds)

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Waits until the jobs that have begun meet a condition."""
        async with self._changed:
            await self._changed.wait_for(condition)


async def connect_to_empty(url: str) -> Client:
    """Connects to the server, without what an earlier measurement has left there."""
    nats = await connect_nats(url, "bench")
    js = nats.jetstream()
    for stream in await js.streams_info():
        await js.delete_stream(stream.config.name or "")
    await apply_topology(nats)
    return nats


async def measure(url: str, way: str, replicas: int, videos: int, seconds: float, *, memory: bool) -> Result:
    """Runs one way of choosing on a stream of its own."""
    nats = await connect_to_empty(url)
    connections = Connections.over(nats, MemoryObjectStore())
    await queue(connections, "many", videos)
    work, stop = Renderers(seconds), asyncio.Event()
    stage = Stage("voice", turns=WAYS[way])
    stage.on(e.ScenePlanned, slots=1)(work)
    workers = [await connect_nats(url, f"worker-{number}") for number in range(replicas)]
    if memory:
        tracemalloc.start()
    started = time.perf_counter()
    running = [
        asyncio.create_task(
            StageLoop(stage, Connections.over(each, MemoryObjectStore()), None, Settings(), ledger=None).run(stop)
        )
        for each in workers
    ]
    await work.wait_for(lambda: len(work.begun) >= 2 * replicas)  # each has looked once
    first_look = time.perf_counter() - started - seconds
    await work.wait_for(lambda: len(work.begun) >= JOBS_BEFORE * replicas)
    before, delivered, traffic = len(work.begun), await count_delivered(nats), add_traffic(workers)
    await queue(connections, "one", 1)
    late = len(work.begun) - before  # jobs that began while it was queued
    await work.wait_for(lambda: len(work.begun) >= before + JOBS_AFTER * replicas or work.begun.count("one") >= SCENES)
    jobs = len(work.begun) - before
    delivered, after = await count_delivered(nats) - delivered, add_traffic(workers)
    peak = tracemalloc.get_traced_memory()[1]  # 0 when it is not traced
    tracemalloc.stop()
    stop.set()
    await asyncio.gather(*running)
    for each in (*workers, nats):
        await each.close()
    places = [place for place, owner in enumerate(work.begun) if owner == "one"]
    return Result(
        wait=max(0, places[0] - before - late) / replicas if places else None,
        all_served=(places[-1] - before) / replicas if len(places) == SCENES else None,
        first_look=first_look,
        delivered=delivered / jobs,
        sent=(after[0] - traffic[0]) / jobs,
        kilobytes=(after[1] - traffic[1]) / jobs / 1000,
        peak_megabytes=peak / 1e6,
    )


async def measure_cost(url: str, way: str, videos: int, seconds: float) -> None:
    """Prints what handing out costs the server and a worker of eight slots in each second of a full queue."""
    nats = await connect_to_empty(url)
    connections = Connections.over(nats, MemoryObjectStore())
    for owner in range(_COST_OWNERS):
        await queue(connections, f"owner-{owner}", videos // _COST_OWNERS)
    work, stop, server = Renderers(seconds), asyncio.Event(), find_server()
    stage = Stage("voice", turns=WAYS[way])
    stage.on(e.ScenePlanned, slots=_COST_SLOTS)(work)
    running = asyncio.create_task(StageLoop(stage, connections, None, Settings(grace_seconds=0.1)).run(stop))
    await work.wait_for(lambda: len(work.begun) > _COST_SLOTS)  # the first look, at everything, is over
    before = time.perf_counter(), time.process_time(), read_cpu(server), await count_delivered(nats), len(work.begun)
    await asyncio.sleep(_COST_WINDOW)
    after = time.perf_counter(), time.process_time(), read_cpu(server), await count_delivered(nats), len(work.begun)
    took, own, others, delivered, begun = (now - then for now, then in zip(after, before, strict=True))
    owners = sorted(Counter(work.begun).values())
    print(
        f"{way}: {begun} jobs of {seconds} s begun in {took:.0f} s, {delivered / begun:.0f} deliveries each;"
        f" CPU ms a second: worker {own / took * 1000:.1f}, server {others / took * 1000:.1f};"
        f" jobs by owner: {owners[0]} to {owners[-1]}",
        flush=True,
    )
    stop.set()
    await running
    await nats.close()


async def count_delivered(nats: Client) -> int:
    """Deliveries so far, again and again ones included."""
    info = await nats.jetstream().consumer_info(VIDEOS, "voice-fast")
    return info.delivered.consumer_seq if info.delivered else 0


def add_traffic(workers: list[Client]) -> tuple[int, int]:
    """Messages sent to the server and bytes received from it by all workers."""
    return sum(each.stats["out_msgs"] for each in workers), sum(each.stats["in_bytes"] for each in workers)


async def print_results(url: str, videos: int, seconds: float, *, memory: bool) -> None:
    """Prints a table."""
    print(f"{videos} videos of {SCENES} scenes against one; jobs of {seconds} s; waits in jobs of a slot")
    print(
        f"{'turns':<14}{'replicas':>8}{'first':>8}{'all five':>9}{'delivered/job':>15}"
        f"{'sent/job':>10}{'kB/job':>8}{'first look':>12}{'peak MB':>9}"
    )
    for way in WAYS:
        for replicas in (1, 2):
            result = await measure(url, way, replicas, videos, seconds, memory=memory)
            wait, served = (
                f"{value:.1f}" if value is not None else f">{JOBS_AFTER}" for value in (result.wait, result.all_served)
            )
            print(
                f"{way:<14}{replicas:>8}{wait:>8}{served:>9}{result.delivered:>15.1f}{result.sent:>10.1f}"
                f"{result.kilobytes:>8.0f}{result.first_look:>10.2f} s{result.peak_megabytes:>9.1f}",
                flush=True,
            )
    print(f"peak resident memory of all: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--cost", action="store_true")
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    with run_nats() as url:
        if options.cost:
            for length in _COST_SECONDS:
                for way in ("as they came", "by owner"):
                    asyncio.run(measure_cost(url, way, _COST_VIDEOS, length))
            return
        asyncio.run(print_results(url, options.videos, options.seconds, memory=options.memory))


if __name__ == "__main__":
    main()
