"""What the loop counts of deliveries, and services of what they are connected to."""

from __future__ import annotations

import asyncio

import pytest
from unit.worker.pipeline_events import planned, requested

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.requests import LIST_VOICES, ListVoices
from lectern.worker import (
    ConnectionMetrics,
    Connections,
    Job,
    Meter,
    Missing,
    NoReply,
    Permanent,
    ProcessMetrics,
    Stage,
    Transient,
    Unavailable,
)
from lectern.worker.measured_connections import MeasuredStore
from lectern.worker.process_watch import watching_process
from lectern.worker.testing import MemoryObjectStore, deliver, memory_connections


@pytest.fixture
def memory() -> Connections:
    return memory_connections()


def problem(code: str) -> Problem:
    return Problem(code=code, title="It failed", detail="It failed.", remedy="Mend it.")


def read(connections: Connections, name: str, **labels: str) -> float | None:
    return connections.registry.get_sample_value(name, labels)


async def fail(connections: Connections, error: Exception, attempt: int = 1) -> None:
    stage = Stage("voice")

    @stage.on(e.ScenePlanned)
    async def handle(event: e.ScenePlanned, job: Job[None]) -> None:
        raise error

    await deliver(stage, planned(new_id()), connections, attempt=attempt)


@pytest.mark.parametrize(
    ("error", "metric", "code"),
    [
        (RuntimeError("bug"), "lectern_stage_retries_total", "unexpected"),
        (
            Transient(problem=problem("provider-answer-unusable")),
            "lectern_stage_retries_total",
            "provider-answer-unusable",
        ),
        (Transient(problem=problem("whatever the scene said")), "lectern_stage_retries_total", "other"),
        (Unavailable("the store is away", code="store-unavailable"), "lectern_stage_waits_total", "store-unavailable"),
        (Permanent(problem("provider-auth")), "lectern_stage_failures_total", "provider-auth"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_a_delivery_that_does_not_succeed_is_counted_by_why(
    memory: Connections, error: Exception, metric: str, code: str
) -> None:
    await fail(memory, error)
    assert read(memory, metric, stage="voice", code=code) == 1
    counted = {
        sample.name
        for family in memory.registry.collect()
        for sample in family.samples
        if "code" in sample.labels and sample.value and not sample.name.endswith("_created")
    }
    assert counted - {"lectern_dead_letters_total"} == {metric}


async def test_a_dead_letter_is_counted_by_why(memory: Connections) -> None:
    await fail(memory, RuntimeError("bug"), attempt=5)
    assert read(memory, "lectern_dead_letters_total", stage="voice", code="attempts-exhausted") == 1
    assert read(memory, "lectern_stage_failures_total", stage="voice", code="attempts-exhausted") == 1


async def test_only_a_first_start_counts_as_waiting_in_the_queue(memory: Connections) -> None:
    await fail(memory, RuntimeError("bug"))
    await fail(memory, RuntimeError("bug"), attempt=2)
    assert read(memory, "lectern_stage_queue_wait_seconds_count", stage="voice", lane="fast") == 1
    assert read(memory, "lectern_stage_redeliveries_total", stage="voice") == 1


async def test_a_stage_is_shown_from_its_start(memory: Connections) -> None:
    memory.metrics.begin("voice", 4)
    assert read(memory, "lectern_stage_slots", stage="voice") == 4
    assert read(memory, "lectern_stage_in_progress", stage="voice") == 0
    assert read(memory, "lectern_stage_processed_total", stage="voice", outcome="failed") == 0
    assert read(memory, "lectern_stage_failures_total", stage="voice", code="unexpected") == 0
    assert read(memory, "lectern_stage_processed_total", stage="renderer", outcome="failed") is None
    memory.metrics.end("voice", 4)
    assert read(memory, "lectern_stage_slots", stage="voice") == 0


async def test_operations_of_the_store_are_counted_by_how_they_ended() -> None:
    meter = Meter(component="voice")
    inner = MemoryObjectStore()
    store = MeasuredStore(inner, ConnectionMetrics(meter))
    await store.put_json("a", [1])
    assert await store.get_json("a", list[int]) == [1]
    assert await store.head("b") is None
    with pytest.raises(Missing):
        await store.get("b")

    def count(operation: str, outcome: str) -> float | None:
        labels = {"component": "voice", "operation": operation, "outcome": outcome}
        return meter.registry.get_sample_value("lectern_store_operation_seconds_count", labels)

    assert [count("put", "ok"), count("get", "ok"), count("head", "missing"), count("get", "missing")] == [1, 1, 1, 1]


async def test_what_is_cancelled_says_nothing_of_who_was_asked() -> None:
    meter = Meter(component="voice")
    metrics = ConnectionMetrics(meter)

    async def wait() -> None:
        with metrics.measure(metrics.store, "get"):
            await asyncio.sleep(60)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert all(not family.samples for family in meter.registry.collect() if "operation" in family.name)


async def test_operations_of_the_log_and_requests_are_counted(connections: Connections) -> None:
    event = requested(new_id())
    sequence = await connections.event_log.publish(event)
    assert await connections.event_log.append(event, sequence - 1) is None
    await connections.event_log.read(event.video_id)
    with pytest.raises(NoReply):
        await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=1)
    found = {
        (sample.labels.get("operation") or sample.labels["request"], sample.labels["outcome"])
        for family in connections.registry.collect()
        for sample in family.samples
        if sample.name in ("lectern_log_operation_seconds_count", "lectern_request_seconds_count")
    }
    assert found == {("publish", "ok"), ("append", "conflict"), ("read", "ok"), ("voices.list", "failed")}


async def test_a_process_shows_what_does_not_answer_and_how_late_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lectern.worker.process_watch.TICK_SECONDS", 0.001)
    meter = Meter(component="voice")

    async def answer() -> None:
        """It is there."""

    async def refuse() -> None:
        raise Unavailable("the object store cannot be reached")

    def show(name: str, **labels: str) -> float | None:
        return meter.registry.get_sample_value(name, {"component": "voice", **labels})

    async with watching_process(ProcessMetrics(meter), {"stream": answer, "store": refuse}):
        async with asyncio.timeout(120):
            while show("lectern_dependency_up", dependency="store") is None or not show(
                "lectern_event_loop_lag_seconds_count"
            ):
                await asyncio.sleep(0.001)
    assert show("lectern_dependency_up", dependency="stream") == 1
    assert show("lectern_dependency_up", dependency="store") == 0
