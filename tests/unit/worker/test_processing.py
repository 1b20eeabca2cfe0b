"""Processing a delivery, without a server; test_loop.py runs the same code against a real one."""

from __future__ import annotations

import asyncio
import dataclasses

import msgspec
import pytest
from unit.worker.pipeline_events import narrated, planned, requested

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Progress
from lectern.contracts.topology import ATTEMPTS
from lectern.contracts.usage import Usage
from lectern.worker import Connections, DeadLetter, Job, Permanent, Stage, Transient
from lectern.worker.delivery import DeliveryResult
from lectern.worker.stage import Handler
from lectern.worker.testing import MemoryDeadLetters, deliver, memory_connections

PROBLEM = Problem(code="no-voice", title="No such voice", detail="There is no voice x.", remedy="Choose y.")


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


def stage(handler: Handler) -> Stage:
    made = Stage("voice")
    made.on(e.ScenePlanned)(handler)
    return made


def raising(error: Exception) -> Stage:
    async def handle(event: e.ScenePlanned, job: Job[None]) -> None:
        raise error

    return stage(handle)


async def narrate(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
    return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


async def test_what_a_handler_returns_is_published_and_the_message_acked(connections: Connections) -> None:
    event = planned(new_id())
    delivered = await deliver(stage(narrate), event, connections)
    [answer] = delivered.events
    assert isinstance(answer, e.SceneNarrated)
    assert answer.cause == e.message_id(event)
    assert (delivered.result, delivered.settled) == (DeliveryResult.SUCCESS, "ack")


async def test_a_handler_is_given_the_log_up_to_its_event(connections: Connections) -> None:
    seen: list[e.AnyEvent] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        seen.extend(job.log.events)

    video = new_id()
    await connections.event_log.publish(requested(video))
    await deliver(stage(note), planned(video), connections)
    assert [type(event) for event in seen] == [e.VideoRequested, e.ScenePlanned]


@pytest.mark.parametrize("error", [Transient("busy"), RuntimeError("bug")])
async def test_a_failure_is_retried_after_a_growing_delay(connections: Connections, error: Exception) -> None:
    event = planned(new_id())
    delays = []
    for attempt in range(1, ATTEMPTS):
        delivered = await deliver(raising(error), event, connections, attempt=attempt)
        assert (delivered.result, delivered.settled, delivered.events) == (DeliveryResult.RETRY, "nak", ())
        assert delivered.delay is not None
        delays.append(delivered.delay)
    assert delays == sorted(delays)


async def test_the_last_attempt_fails_the_scene_and_keeps_the_message(connections: Connections) -> None:
    event = planned(new_id())
    delivered = await deliver(raising(RuntimeError("bug")), event, connections, attempt=ATTEMPTS)
    [failed] = delivered.events
    assert isinstance(failed, e.SceneFailed)
    assert (failed.problem.code, failed.problem.stage, failed.problem.scene, failed.problem.attempt) == (
        "attempts-exhausted",
        "voice",
        1,
        ATTEMPTS,
    )
    assert "RuntimeError: bug" in failed.problem.detail
    assert delivered.settled == "term"
    assert isinstance(connections.dead_letters, MemoryDeadLetters)
    [letter] = connections.dead_letters.letters
    assert (letter.stage, letter.subject, e.decode(letter.data)) == (
        "voice",
        f"videos.fast.{event.video_id}.scenes.1.planned",
        event,
    )


async def test_a_stages_own_problem_and_cost_survive_the_last_attempt(connections: Connections) -> None:
    paid = Usage(kind="voice", name="google/x", characters=12)
    error = Transient(problem=PROBLEM, spent=(paid,))
    [failed] = (await deliver(raising(error), planned(new_id()), connections, attempt=ATTEMPTS)).events
    assert isinstance(failed, e.SceneFailed)
    assert (failed.problem.code, failed.spent) == ("no-voice", (paid,))


async def test_a_permanent_failure_is_not_retried(connections: Connections) -> None:
    delivered = await deliver(raising(Permanent(PROBLEM)), planned(new_id()), connections)
    assert (delivered.result, delivered.settled) == (DeliveryResult.FAILED, "term")
    assert [type(event) for event in delivered.events] == [e.SceneFailed]


async def test_a_stop_while_giving_up_hands_the_message_back(connections: Connections) -> None:
    class UnavailableDeadLetters:
        reached = asyncio.Event()

        async def store(self, letter: DeadLetter) -> None:
            self.reached.set()
            await asyncio.sleep(30)

    letters = UnavailableDeadLetters()
    stuck = dataclasses.replace(connections, dead_letters=letters)
    delivering = asyncio.create_task(deliver(raising(Permanent(PROBLEM)), planned(new_id()), stuck))
    await letters.reached.wait()
    delivering.cancel()
    delivered = await delivering
    assert (delivered.result, delivered.settled) == (DeliveryResult.HANDED_BACK, "nak")


async def test_work_for_a_cancelled_video_is_not_begun(connections: Connections) -> None:
    video = new_id()
    await connections.event_log.publish(requested(video))
    await connections.event_log.record_outcome(e.VideoCancelled(video_id=video))
    delivered = await deliver(raising(AssertionError("begun")), planned(video), connections)
    assert (delivered.result, delivered.settled) == (DeliveryResult.STALE, "ack")


async def test_work_for_an_overtaken_revision_is_not_begun(connections: Connections) -> None:
    video = new_id()
    await connections.event_log.publish(planned(video, revision=2))
    delivered = await deliver(raising(AssertionError("begun")), planned(video, revision=1), connections)
    assert delivered.result is DeliveryResult.STALE


async def test_progress_reported_from_a_callback_is_sent_before_the_job_ends(connections: Connections) -> None:
    heard: list[Progress] = []

    async def listen(_: str, data: bytes) -> None:
        heard.append(msgspec.json.decode(data, type=Progress))

    async def report(event: e.ScenePlanned, job: Job[None]) -> None:
        job.progress_soon(1, 1, "speaking", words=3)

    async with connections.bus.listening("progress.>", listen):
        await deliver(stage(report), planned(new_id()), connections)
    [progress] = heard
    assert (progress.stage, progress.doing, progress.scene, progress.facts) == ("voice", "speaking", 1, {"words": 3})
