"""What the event log holds on this machine with one server and with three: `python bench/log_limits.py [--json FILE]`.

For each it fills `VIDEOS` with more and more videos in flight (the events of eight scenes each) and measures: events a
second through `EventLog.publish`, each acked, from one client with so many at once; the latency of one alone; reading
one video's log, of the latest thousand or of any; and jobs a second through the worker loop, whose handler only answers
(one delivery, one log read, one event, one ack).

All servers share this machine's cores and disk with the client, so three of them show what replication costs here, not
what three machines can do.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.worker import (
    Connections,
    JetStreamEventLog,
    Job,
    Settings,
    Stage,
    apply_topology,
    configure_logs,
    connect_nats,
)
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from nats_cluster import NatsCluster, nats_cluster

SCENES = 8
AT_ONCE = (1, 16, 64)
SIZES = (0, 10_000, 30_000)  # videos in flight
PUBLISHES, READS, JOBS = 3000, 200, 1000
RECENT = 1000  # videos whose events the server still has in memory
PADDING = "x" * 700  # so that an event weighs what events of real videos do (bench/video_costs.py: 1.2 kB)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one log did with so many videos in it. Latencies in ms, memory and disk of all servers.

    `restarted_megabytes` is the memory of one server that has read its index again, and no messages.
    """

    replicas: int
    videos: int
    messages: int
    publishes_a_second: dict[str, float]
    publish_p50: float
    publish_p99: float
    read_recent_p50: float
    read_any_p50: float
    read_any_p99: float
    jobs_a_second: float
    memory_megabytes: float
    restarted_megabytes: float
    disk_megabytes: float


def make_scene(video: str, scene: int) -> e.SceneNarrated:
    """An event of the usual weight."""
    narration = e.NarrationRef(key=PADDING, audio_key="a", seconds=15.0, beats=3)
    return e.SceneNarrated(video_id=video, scene=scene, script_key="s", options=VideoOptions(), narration=narration)


async def fill(nats: Client, ids: list[str], videos: int) -> None:
    """Adds videos in flight until there are so many. Deduplication is left out: it is measured below."""
    js = nats.jetstream(publish_async_max_pending=512)
    while len(ids) < videos:
        some = [new_id() for _ in range(min(500, videos - len(ids)))]
        for video in some:
            for scene in range(1, SCENES + 1):
                event = make_scene(video, scene)
                await js.publish_async(subjects.subject(event), e.encode(event), wait_stall=60)
        await js.publish_async_completed()
        ids += some


async def measure_publishing(log: JetStreamEventLog, at_once: int) -> tuple[float, list[float]]:
    """Events a second, and how long each took in seconds."""
    events = iter([make_scene(new_id(), 1) for _ in range(PUBLISHES if at_once > 1 else PUBLISHES // 10)])
    times: list[float] = []

    async def publish() -> None:
        for event in events:
            began = time.perf_counter()
            await log.publish(event)
            times.append(time.perf_counter() - began)

    started = time.perf_counter()
    await asyncio.gather(*(publish() for _ in range(at_once)))
    return len(times) / (time.perf_counter() - started), times


async def measure_reading(log: JetStreamEventLog, ids: list[str]) -> list[float]:
    """How long it takes to read the log of one video among all."""
    times, rng = [], random.Random(1)
    for video in rng.sample(ids, min(READS, len(ids))):
        began = time.perf_counter()
        await log.read(video)
        times.append(time.perf_counter() - began)
    return times or [0.0]


async def measure_loop(connections: Connections) -> float:
    """Jobs a second through the worker loop, sixteen at once."""
    handled, done = 0, asyncio.Event()
    stage = Stage("voice")
    narration = e.NarrationRef(key=PADDING, audio_key="a", seconds=15.0, beats=3)

    @stage.on(e.ScenePlanned, slots=16)
    async def handle(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        nonlocal handled
        handled += 1
        if handled >= JOBS:
            done.set()
        return job.answer(e.SceneNarrated, narration=narration)

    options = VideoOptions()
    planned = [e.ScenePlanned(video_id=new_id(), scene=1, script_key="s", options=options) for _ in range(JOBS)]
    await asyncio.gather(*map(connections.event_log.publish, planned))
    stop = asyncio.Event()
    started = time.perf_counter()
    running = asyncio.create_task(StageLoop(stage, connections, None, Settings()).run(stop))
    await done.wait()
    rate = handled / (time.perf_counter() - started)
    stop.set()
    await running
    return rate


def weigh(cluster: NatsCluster) -> tuple[float, float]:
    """Megabytes of memory, and of streams, of all servers."""
    memory = sum(node.monitor_json("/varz")["mem"] for node in cluster.nodes)
    disk = sum(node.monitor_json("/jsz")["storage"] for node in cluster.nodes)
    return memory / 1e6, disk / 1e6


def restart_one(cluster: NatsCluster) -> float:
    """Starts the last server again; megabytes of memory that it has when it is ready."""
    node = cluster.nodes[-1]
    node.kill()
    node.start()
    cluster.wait_until_ready(node)
    memory: float = node.monitor_json("/varz")["mem"]
    return memory / 1e6


async def measure(replicas: int) -> list[Limits]:
    """One log, fuller and fuller."""
    found, ids = [], list[str]()
    with (
        tempfile.TemporaryDirectory(prefix="lectern-limits-") as folder,
        nats_cluster(Path(folder), replicas) as cluster,
    ):
        nats = await connect_nats(cluster.url, "bench")
        await apply_topology(nats, replicas=replicas)
        connections = Connections.over(nats, MemoryObjectStore())
        log = JetStreamEventLog(nats)
        for videos in SIZES:
            await fill(nats, ids, videos)
            rates: dict[str, float] = {}
            alone: list[float] = []
            for at_once in AT_ONCE:
                rates[str(at_once)], times = await measure_publishing(log, at_once)
                alone = alone or sorted(times)
            recent = sorted(await measure_reading(log, ids[-RECENT:]))
            reads = sorted(await measure_reading(log, ids))
            memory, disk = weigh(cluster)
            info = await nats.jetstream().stream_info("VIDEOS")
            jobs = await measure_loop(connections)
            restarted = restart_one(cluster)
            found.append(
                Limits(
                    replicas=replicas,
                    videos=videos,
                    messages=info.state.messages,
                    publishes_a_second={at_once: round(rate) for at_once, rate in rates.items()},
                    publish_p50=round(alone[len(alone) // 2] * 1000, 2),
                    publish_p99=round(alone[int(len(alone) * 0.99)] * 1000, 2),
                    read_recent_p50=round(recent[len(recent) // 2] * 1000, 2),
                    read_any_p50=round(reads[len(reads) // 2] * 1000, 2),
                    read_any_p99=round(reads[int(len(reads) * 0.99)] * 1000, 2),
                    jobs_a_second=round(jobs),
                    memory_megabytes=round(memory),
                    restarted_megabytes=round(restarted),
                    disk_megabytes=round(disk),
                )
            )
            print(msgspec.json.encode(found[-1]).decode(), flush=True)
        await nats.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicas", type=int, action="append", help="instead of one and three")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    found = [each for replicas in options.replicas or (1, 3) for each in asyncio.run(measure(replicas))]
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


if __name__ == "__main__":
    main()
