"""The topology is applied once, applying it again changes nothing, and drift is reported."""

from __future__ import annotations

import pytest
from nats.aio.client import Client

from lectern.contracts import topology
from lectern.contracts.problems import ProblemError
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


async def test_what_is_missing_is_reported_and_created(nats: Client) -> None:
    js = nats.jetstream()
    await js.delete_stream(topology.DEAD)
    await js.delete_consumer(topology.VIDEOS, "coder-bulk")
    assert {"stream DEAD is missing", "consumer coder-bulk is missing"} <= set(await find_drift(nats))
    assert set(await apply_topology(nats)) == {"stream DEAD", "consumer coder-bulk"}


async def test_a_single_server_refuses_replicas_and_says_what_to_do(nats: Client) -> None:
    with pytest.raises(ProblemError) as refused:
        await apply_topology(nats, replicas=3)
    assert refused.value.problem.code == "nats-cluster-too-small"
    assert "--replicas" in refused.value.problem.remedy
