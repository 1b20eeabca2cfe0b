"""The topology is applied once, applying it again changes nothing, and drift is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError
from nats_cluster import nats_cluster

from lectern.contracts import topology
from lectern.contracts.problems import ProblemError
from lectern.worker import Retention, connect_nats
from lectern.worker.provision import apply_topology, find_drift


async def test_applying_twice_changes_nothing(nats: Client) -> None:
    assert await apply_topology(nats) == []
    assert await find_drift(nats) == []


async def test_every_declared_consumer_exists_before_any_worker_runs(nats: Client) -> None:
    js = nats.jetstream()
    for consumer in topology.consumers():
        info = await js.consumer_info(consumer.stream, consumer.name)
        assert info.config.backoff is None, "the consumer's own backoff would replace its ack wait"


@pytest.mark.parametrize(
    ("change", "reported"),
    [({"ack_wait": 5.0}, "voice-fast: ack_wait is 5"), ({"max_deliver": 2}, "voice-fast: max_deliver is 2")],
)
async def test_a_consumer_that_was_changed_is_reported_and_restored(
    nats: Client, change: dict[str, float], reported: str
) -> None:
    js = nats.jetstream()
    config = (await js.consumer_info(topology.VIDEOS, "voice-fast")).config
    await js.add_consumer(topology.VIDEOS, config.evolve(**change))
    assert any(reported in line for line in await find_drift(nats))
    assert await apply_topology(nats) == ["consumer voice-fast"]
    assert await find_drift(nats) == []


async def test_history_is_kept_as_long_as_it_is_set(nats: Client) -> None:
    week, day = Retention(keep_history_days=7, keep_video_days=8), topology.DAY
    names = ["stream VIDEOS", "stream DEAD", "bucket batches"]
    assert [line.partition(":")[0] for line in await find_drift(nats, retention=week)] == names
    assert await apply_topology(nats, retention=week) == names
    assert await find_drift(nats, retention=week) == []
    js = nats.jetstream()
    ages = [(await js.stream_info(name)).config.max_age for name in ("VIDEOS", "DEAD", "KV_batches", "ADVISORIES")]
    assert ages == [7 * day, 7 * day, 7 * day, 7 * day]
    for_good = Retention(keep_history_days=0, keep_video_days=0)
    assert await apply_topology(nats, retention=for_good) == names
    assert [(await js.stream_info(name)).config.max_age or 0 for name in ("VIDEOS", "KV_batches")] == [0, 0]


async def test_what_is_missing_is_reported_and_created(nats: Client) -> None:
    js = nats.jetstream()
    await js.delete_stream(topology.DEAD)
    await js.delete_consumer(topology.VIDEOS, "coder-bulk")
    assert {"stream DEAD is missing", "consumer coder-bulk is missing"} <= set(await find_drift(nats))
    assert set(await apply_topology(nats)) == {"stream DEAD", "consumer coder-bulk"}


async def test_what_nobody_answers_while_servers_elect_a_leader_is_asked_again(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await nats.jetstream().delete_stream(topology.DEAD)
    ask, lost = nats.request, set[str]()

    async def lose_first(subject: str, *args: Any, **more: Any) -> Msg:
        if subject not in lost:
            lost.add(subject)
            raise TimeoutError
        return await ask(subject, *args, **more)

    monkeypatch.setattr(nats, "request", lose_first)
    assert await apply_topology(nats) == ["stream DEAD"]
    assert await find_drift(nats) == []


async def test_a_single_server_refuses_replicas_and_says_what_to_do(nats: Client) -> None:
    with pytest.raises(ProblemError) as refused:
        await apply_topology(nats, replicas=3)
    assert refused.value.problem.code == "nats-cluster-too-small"
    assert "--replicas" in refused.value.problem.remedy


@pytest.mark.slow
async def test_what_one_server_keeps_is_moved_to_three_and_back_while_it_is_used(tmp_path: Path) -> None:
    with nats_cluster(tmp_path) as cluster:
        client = await connect_nats(cluster.url, "test")
        js = client.jetstream(timeout=60)  # three servers, on a machine that other tests use too
        try:
            names = [stream.name for stream in topology.STREAMS]
            names += [f"KV_{bucket.name}" for bucket in topology.BUCKETS]
            await apply_topology(client)
            assert {(await js.stream_info(name)).config.num_replicas for name in names} == {1}
            await js.publish("dead.before", b"kept")

            assert len(await find_drift(client, replicas=3)) == len(names)
            assert len(await apply_topology(client, replicas=3)) == len(names)
            await js.publish("dead.meanwhile", b"kept")
            assert await find_drift(client, replicas=3) == []
            assert await apply_topology(client) == [], "who names no number leaves what is"

            assert len(await apply_topology(client, replicas=1)) == len(names)
            assert await find_drift(client, replicas=1) == []
            assert (await js.stream_info(topology.DEAD)).state.messages == 2
        finally:
            await client.close()
