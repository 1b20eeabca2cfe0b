"""The lag that a scaler reads at the servers' monitoring ports is the work that is left, wherever the leader is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from nats.aio.client import Client
from nats_cluster import NatsCluster, NatsNode, nats_cluster
from unit.worker.pipeline_events import planned
from unit.worker.test_loop import until

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.worker import Connections, Job, Settings, Stage, apply_topology, connect_nats, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

pytestmark = pytest.mark.slow
CONSUMER = consumer_name("voice", "fast")
PATIENCE_SECONDS = 20.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    """Three nats-servers."""
    with nats_cluster(tmp_path) as cluster:
        yield cluster


def read_lag(cluster: NatsCluster) -> tuple[int, str]:
    """The consumer's lag as KEDA's scaler reads it, and its leader: any server names the leader, which knows the lag."""
    for node in cluster.nodes:
        for consumer in list_consumers(node):
            if consumer["name"] == CONSUMER and consumer["cluster"].get("leader") == node.name:
                return consumer["num_pending"] + consumer["num_ack_pending"], node.name
    return -1, ""


def list_consumers(node: NatsNode) -> list[dict[str, Any]]:
    """The consumers of videos' events that a server keeps; none while it does not answer, or has yet to hear of them."""
    try:
        accounts = node.monitor_json("/jsz?acc=$G&consumers=true&config=true").get("account_details", [])
    except OSError:
        return []
    streams = [stream for account in accounts for stream in account.get("stream_detail", [])]
    return [each for stream in streams if stream["name"] == VIDEOS for each in stream.get("consumer_detail", [])]


async def queue_scenes(connections: Connections, count: int) -> None:
    """Queues scenes of one owner, ten for each video."""
    for first in range(0, count, 10):
        video = new_id()
        scenes = [replace(planned(video, scene), owner="one") for scene in range(1, 1 + min(10, count - first))]
        await asyncio.gather(*map(connections.event_log.publish, scenes))


async def move_leader(nats: Client, cluster: NatsCluster) -> None:
    """Has another server lead the consumer.

    The one that steps down may be elected again, and while there is no leader nobody answers.
    """
    before = read_lag(cluster)[1]

    async def moved() -> bool:
        leader = read_lag(cluster)[1]
        if leader == before:
            with contextlib.suppress(TimeoutError):
                await nats.request(f"$JS.API.CONSUMER.LEADER.STEPDOWN.{VIDEOS}.{CONSUMER}", b"", timeout=2)
        return leader not in (before, "")

    await until(moved)


async def test_lag_is_the_number_of_jobs_that_are_not_done(cluster: NatsCluster, settings: Settings) -> None:
    """At none, one and 500 queued jobs of one owner; while they take turns, whose messages are put aside and delivered
    again; and after the consumer's leader has moved, before and in the midst of the work."""
    nats = await connect_nats(cluster.url, "test")
    await apply_topology(nats, replicas=3)
    connections = Connections.over(nats, MemoryObjectStore())
    done: set[tuple[str, int]] = set()  # a job that is delivered twice is one
    limit, patience, more = 1, 0.0, asyncio.Event()
    stage = Stage("voice", turns=take_turns)

    @stage.on(e.ScenePlanned, slots=1)
    async def speak(event: e.ScenePlanned, job: Job[None]) -> None:
        while len(done) >= limit and (event.video_id, event.scene) not in done:
            more.clear()
            await more.wait()
        done.add((event.video_id, event.scene))

    async def reads(lag: int) -> bool:
        return read_lag(cluster)[0] == lag

    async def tells_what_is_not_done() -> bool:
        """An acknowledgement may be lost while no server leads; its job comes again when another one makes room."""
        nonlocal limit, patience
        if time.monotonic() > patience:
            limit, patience = limit + 1, time.monotonic() + PATIENCE_SECONDS
            more.set()
        return len(done) == limit and read_lag(cluster)[0] == 501 - limit

    await until(lambda: reads(0))
    await queue_scenes(connections, 1)
    await until(lambda: reads(1))
    stop = asyncio.Event()
    running = asyncio.create_task(StageLoop(stage, connections, None, settings).run(stop))
    await until(lambda: reads(0))
    stop.set()
    await running
    await queue_scenes(connections, 500)
    await until(lambda: reads(500))
    await move_leader(nats, cluster)
    await until(lambda: reads(500))
    stop = asyncio.Event()
    running = asyncio.create_task(StageLoop(stage, connections, None, settings).run(stop))
    limit = 41
    more.set()
    patience = time.monotonic() + PATIENCE_SECONDS
    await until(tells_what_is_not_done)
    await move_leader(nats, cluster)
    await until(tells_what_is_not_done)
    limit += 20
    more.set()
    await until(tells_what_is_not_done)
    limit = 10_000
    more.set()
    stop.set()
    await running
    await nats.close()
