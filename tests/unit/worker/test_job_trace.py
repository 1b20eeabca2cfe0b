"""A delivery in its video's trace: what was tried, how long it waited, and who wrote which log line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.trace import StatusCode
from unit.tracing.recording import record
from unit.worker.pipeline_events import narrated, planned

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.tracing import continue_trace, find_trace_id, record_span
from lectern.worker import Connections, Job, Permanent, Stage, Transient, Unavailable, configure_logs
from lectern.worker.stage import Handler
from lectern.worker.testing import deliver, memory_connections


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    to = io.StringIO()
    configure_logs("json", "DEBUG", to=to)
    yield to
    structlog.reset_defaults()


def stage(handler: Handler) -> Stage:
    made = Stage("voice")
    made.on(e.ScenePlanned)(handler)
    return made


async def narrate(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
    structlog.get_logger("some.library").info("speaking")
    return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


def raising(error: Exception) -> Stage:
    async def handle(event: e.ScenePlanned, job: Job[None]) -> None:
        raise error

    return stage(handle)


async def test_a_job_says_which_work_it_was_and_how_it_ended(connections: Connections) -> None:
    event = planned(new_id())
    with record() as recording:
        await deliver(stage(narrate), event, connections)
    found = recording.find("voice scene.planned").attributes
    assert found == {
        "lectern.stage": "voice",
        "lectern.video": event.video_id,
        "lectern.scene": event.scene,
        "lectern.revision": 1,
        "lectern.delivery": 1,
        "lectern.lane": "fast",
        "lectern.attempt": 1,
        "lectern.outcome": "success",
    }


@pytest.mark.parametrize(
    ("error", "outcome", "noted"),
    [
        (Transient("secret words"), "retry", "Transient"),
        (ValueError("secret words"), "retry", "ValueError"),
        (Unavailable("secret words", code="store-unavailable"), "waiting", "store-unavailable"),
        (Permanent(Problem(code="no-voice", title="x", detail="secret words", remedy="x")), "failed", "no-voice"),
    ],
)
async def test_what_failed_is_named_by_its_code_or_type(
    connections: Connections, error: Exception, outcome: str, noted: str
) -> None:
    with record() as recording:
        await deliver(raising(error), planned(new_id()), connections)
    job = recording.find("voice scene.planned")
    assert job.status.status_code is StatusCode.ERROR
    assert job.attributes is not None
    assert (job.attributes["lectern.outcome"], job.attributes["error.type"]) == (outcome, noted)
    assert ("lectern.again_after_seconds" in job.attributes) == (outcome != "failed")
    assert "secret" not in job.to_json()


async def test_a_redelivery_waits_since_the_delivery_before_it_gave_up(connections: Connections) -> None:
    event = planned(new_id())
    with record() as recording, record_span("request", parent=continue_trace(None)):
        await deliver(raising(Transient("again")), event, connections)
        await deliver(stage(narrate), event, connections, attempt=2)
    first, second = (span for span in recording.spans if span.name == "voice scene.planned")
    *_, wait = (span for span in recording.spans if span.name == "wait for voice")
    assert (first.attributes or {})["lectern.attempt"] == 1
    assert (second.attributes or {})["lectern.attempt"] == 2
    assert wait.start_time is not None
    assert first.start_time is not None
    assert second.start_time is not None
    assert wait.start_time >= first.start_time, "what the first delivery took is no waiting"
    assert wait.end_time is not None
    assert wait.end_time <= second.start_time


async def test_every_line_of_a_job_names_its_video_and_trace_and_no_other_line_does(
    connections: Connections, logs: io.StringIO
) -> None:
    event = planned(new_id())
    with record("voice"):
        await deliver(stage(narrate), event, connections)
        structlog.get_logger("between").info("jobs")
    spoken, handled, after = (json.loads(line) for line in logs.getvalue().splitlines())
    place: dict[str, Any] = {"stage": "voice", "service": "voice", "video": event.video_id, "scene": event.scene}
    for line in (spoken, handled):
        assert line.items() >= place.items()
        assert len(line["trace_id"]) == 32
    assert spoken["trace_id"] == handled["trace_id"]
    assert not after.keys() & {"stage", "video", "scene", "trace_id"}


async def test_a_job_has_a_trace_id_though_nothing_is_recorded(connections: Connections, logs: io.StringIO) -> None:
    await deliver(stage(narrate), planned(new_id()), connections)
    assert all(len(json.loads(line)["trace_id"]) == 32 for line in logs.getvalue().splitlines())
    assert find_trace_id() == ""
