"""The worker loop against a real nats-server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from nats.js import api
from unit.worker.pipeline_events import narrated, planned, requested

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.topology import ADVISORIES, ATTEMPTS, DEAD, SWEEPER, VIDEOS
from lectern.contracts.usage import Usage
from lectern.worker import Connections, Job, Permanent, Settings, Stage, Transient, failures, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.processing import Timing
from lectern.worker.sweeper import Advisory, record, sweep

Handle = Callable[[e.ScenePlanned, Job[None]], Awaitable[e.AnyEvent | None]]


TIMING = Timing(heartbeat=0.3, linger=0.1, retry_delays=(0.05,))  # on a test's time scale; the code is the same


def voice(handle: Handle, slots: int = 2) -> Stage:
    """A voice stage with the given handler."""
    stage = Stage("voice")
    stage.on(e.ScenePlanned, slots=slots)(handle)
    return stage


@asynccontextmanager
async def working(
    stage: Stage, connections: Connections, settings: Settings, timing: Timing = TIMING
) -> AsyncIterator[asyncio.Event]:
    """The stage's loop, running."""
    stop = asyncio.Event()
    task = asyncio.create_task(StageLoop(stage, connections, None, settings, timing).run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 120.0) -> None:
    """Returns when the condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def pending(connections: Connections, consumer: str = "voice-fast") -> tuple[int, int]:
    """Messages waiting and messages in hand."""
    info = await connections.nats.jetstream().consumer_info(VIDEOS, consumer)
    return info.num_pending or 0, info.num_ack_pending or 0


async def answer(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
    return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


async def test_an_answer_is_published_before_the_message_is_acked(connections: Connections, settings: Settings) -> None:
    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(answer), connections, settings):
        await until(lambda: _has(connections, video, e.SceneNarrated))
        await until(lambda: _idle(connections))
    [(_, first), (_, second)] = await connections.event_log.read(video)
    assert isinstance(second, e.SceneNarrated)
    assert second.cause == e.message_id(first)
    assert second.script_key == planned(video).script_key


async def test_a_slot_is_taken_before_a_message_is_fetched(connections: Connections, settings: Settings) -> None:
    video, free = new_id(), asyncio.Event()

    async def wait(event: e.ScenePlanned, job: Job[None]) -> None:
        await free.wait()

    for scene in range(1, 6):
        await connections.event_log.publish(planned(video, scene))
    async with working(voice(wait, slots=2), connections, settings):
        await until(lambda: _is(connections, (3, 2)))
        await asyncio.sleep(0.3)
        assert await pending(connections) == (3, 2), "more was fetched than there are slots"
        free.set()
        await until(lambda: _idle(connections))


async def test_fast_videos_are_served_before_bulk_ones(connections: Connections, settings: Settings) -> None:
    order: list[str] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        order.append(event.lane)

    for _ in range(3):
        await connections.event_log.publish(planned(new_id(), lane="bulk"))
    for _ in range(3):
        await connections.event_log.publish(planned(new_id(), lane="fast"))
    async with working(voice(note, slots=1), connections, settings):
        await until(lambda: _counted(order, 6))
    assert order == ["fast"] * 3 + ["bulk"] * 3


@pytest.mark.parametrize("slots", [1, pytest.param(4, marks=pytest.mark.slow)])
async def test_an_empty_fast_lane_does_not_hold_up_bulk_videos(
    connections: Connections, settings: Settings, slots: int
) -> None:
    done: list[str] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        done.append(event.video_id)

    patient = msgspec.structs.replace(TIMING, linger=1.5)  # were each message to wait for it, this would time out
    for _ in range(20):
        await connections.event_log.publish(planned(new_id(), lane="bulk"))
    async with working(voice(note, slots), connections, settings, patient):
        await until(lambda: _counted(done, 20))


async def test_a_transient_failure_is_retried(connections: Connections, settings: Settings) -> None:
    attempts: list[int] = []

    async def stumble(event: e.ScenePlanned, job: Job[None]) -> e.AnyEvent | None:
        attempts.append(job.attempt)
        if job.attempt < 3:
            raise Transient("the store is unavailable")
        return await answer(event, job)

    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(stumble), connections, settings):
        await until(lambda: _has(connections, video, e.SceneNarrated))
    assert attempts == [1, 2, 3]


async def test_after_the_last_attempt_the_scene_fails_and_the_message_is_kept(
    connections: Connections, settings: Settings
) -> None:
    async def crash(event: e.ScenePlanned, job: Job[None]) -> None:
        raise RuntimeError("bug")

    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(crash), connections, settings):
        await until(lambda: _has(connections, video, e.SceneFailed))
        await until(lambda: _idle(connections))
    failed = (await connections.event_log.read(video)).state.scene(1).failed
    assert failed is not None
    assert (failed.problem.code, failed.problem.stage, failed.problem.scene, failed.problem.attempt) == (
        "attempts-exhausted",
        "voice",
        1,
        ATTEMPTS,
    )
    assert "RuntimeError: bug" in failed.problem.detail
    dead = await connections.nats.jetstream().get_last_msg(DEAD, f"dead.voice.{video}")
    assert isinstance(e.decode(dead.data or b""), e.ScenePlanned)
    assert (dead.headers or {})["Lectern-Subject"].endswith("scenes.1.planned")


async def test_after_the_last_attempt_the_stages_own_problem_is_reported(
    connections: Connections, settings: Settings
) -> None:
    problem = Problem(code="provider-unavailable", title="Unavailable", detail="The service is down.", remedy="Wait.")
    paid = Usage(kind="voice", name="google/x", characters=12)

    async def give_up(event: e.ScenePlanned, job: Job[None]) -> None:
        raise Transient(problem=problem, spent=(paid,))

    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(give_up), connections, settings):
        await until(lambda: _has(connections, video, e.SceneFailed))
    failed = (await connections.event_log.read(video)).state.scene(1).failed
    assert failed is not None
    assert (failed.problem.code, failed.problem.detail) == ("provider-unavailable", "The service is down.")
    [total] = failed.spent
    assert total.characters == ATTEMPTS * 12, "each attempt was paid for"


def test_a_retry_waits_at_least_as_long_as_the_provider_asked() -> None:
    assert 45 <= failures.retry_delay(1, Transient("busy", retry_after=45)) <= 45 * 1.2
    assert failures.retry_delay(3, Transient("busy", retry_after=2)) >= failures.RETRY_DELAYS[2]


async def test_a_permanent_failure_is_not_retried(connections: Connections, settings: Settings) -> None:
    attempts = 0

    async def refuse(event: e.ScenePlanned, job: Job[None]) -> None:
        nonlocal attempts
        attempts += 1
        raise Permanent(
            Problem(code="no-voice", title="No such voice", detail="There is no voice x.", remedy="Choose y.")
        )

    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(refuse), connections, settings):
        await until(lambda: _has(connections, video, e.SceneFailed))
        await until(lambda: _idle(connections))
    assert attempts == 1


NESTED = b'{"type":"scene.planned.v1","video_id":"odd","more":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


@pytest.mark.parametrize(
    "unreadable", [b'{"type":"scene.planned.v99"}', NESTED, b"\xff\xfe"], ids=["later", "nested", "bytes"]
)
async def test_an_unreadable_message_is_kept_and_does_not_block_the_next(
    unreadable: bytes, connections: Connections, settings: Settings
) -> None:
    js = connections.nats.jetstream()
    await js.publish("videos.fast.odd.scenes.1.planned", unreadable)
    video = new_id()
    await connections.event_log.publish(planned(video))
    async with working(voice(answer), connections, settings):
        await until(lambda: _has(connections, video, e.SceneNarrated))
        await until(lambda: _idle(connections))
    assert (await js.get_last_msg(DEAD, "dead.voice.odd")).data == unreadable


@pytest.mark.slow
async def test_a_long_job_is_kept_alive_and_runs_once(connections: Connections, settings: Settings) -> None:
    js = connections.nats.jetstream()
    known = (await js.consumer_info(VIDEOS, "voice-fast")).config
    await js.add_consumer(VIDEOS, api.ConsumerConfig.from_response({**known.as_dict(), "ack_wait": 1_000_000_000}))
    runs = 0

    async def slow(event: e.ScenePlanned, job: Job[None]) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(2.5)

    await connections.event_log.publish(planned(new_id()))
    async with working(voice(slow), connections, settings):
        await until(lambda: _idle(connections))
        assert runs == 1


@pytest.mark.slow
async def test_a_process_that_was_frozen_past_its_ack_wait_does_not_begin_its_own_work_again(
    connections: Connections, settings: Settings
) -> None:
    js = connections.nats.jetstream()
    known = (await js.consumer_info(VIDEOS, "voice-fast")).config
    await js.add_consumer(VIDEOS, api.ConsumerConfig.from_response({**known.as_dict(), "ack_wait": 500_000_000}))
    runs, delivered_again = 0, asyncio.Event()

    async def speak(event: e.ScenePlanned, job: Job[None]) -> e.AnyEvent:
        nonlocal runs
        runs += 1
        await delivered_again.wait()
        return await answer(event, job)

    async def is_delivered_again() -> bool:
        info = await js.consumer_info(VIDEOS, "voice-fast")
        return bool(info.delivered and info.delivered.consumer_seq and info.delivered.consumer_seq > 2)

    video = new_id()
    await connections.event_log.publish(planned(video))
    frozen = Timing(heartbeat=30.0, linger=0.1, retry_delays=(0.05,))  # no sign of life, as while it is frozen
    async with working(voice(speak), connections, settings, frozen):
        await until(is_delivered_again)
        delivered_again.set()
        await until(lambda: _has(connections, video, e.SceneNarrated))
        await until(lambda: _idle(connections))
    assert runs == 1


@pytest.mark.slow
async def test_an_event_that_was_stored_twice_is_worked_on_once_at_a_time(
    connections: Connections, settings: Settings
) -> None:
    at_once: list[int] = []
    running = 0

    async def speak(event: e.ScenePlanned, job: Job[None]) -> e.AnyEvent:
        nonlocal running
        running += 1
        at_once.append(running)
        await asyncio.sleep(0.5)
        running -= 1
        return await answer(event, job)

    event = planned(new_id())
    await connections.event_log.publish(event)
    js = connections.nats.jetstream()
    await js.publish(
        subjects.subject(event), e.encode(event), headers={"Nats-Msg-Id": "after the window of duplicates"}
    )
    async with working(voice(speak), connections, settings):
        await until(lambda: _idle(connections), seconds=20)
    assert at_once == [1, 1]


async def test_a_cancelled_video_stops_its_jobs_within_a_second_and_no_others(
    connections: Connections, settings: Settings
) -> None:
    stopped: list[str] = []
    started: list[str] = []

    async def linger(event: e.ScenePlanned, job: Job[None]) -> None:
        started.append(event.video_id)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.append(event.video_id)
            raise

    doomed, spared = new_id(), new_id()
    for video in (doomed, spared):
        await connections.event_log.publish(requested(video))
        await connections.event_log.publish(planned(video))
    async with working(voice(linger), connections, settings.model_copy(update={"grace_seconds": 0.1})):
        await until(lambda: _counted(started, 2))
        since = time.monotonic()
        assert await connections.event_log.record_outcome(e.VideoCancelled(video_id=doomed))
        await until(lambda: _counted(stopped, 1))
        assert time.monotonic() - since < 1.0
        assert stopped == [doomed]
        await until(lambda: _is(connections, (0, 1)))


async def test_work_for_a_cancelled_video_is_not_begun(connections: Connections, settings: Settings) -> None:
    begun: list[str] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        begun.append(event.video_id)

    video = new_id()
    await connections.event_log.publish(requested(video))
    await connections.event_log.publish(planned(video))
    await connections.event_log.record_outcome(e.VideoCancelled(video_id=video))
    async with working(voice(note), connections, settings):
        await until(lambda: _idle(connections))
    assert begun == []


async def test_work_for_a_revision_that_was_overtaken_is_not_begun(
    connections: Connections, settings: Settings
) -> None:
    begun: list[int] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        begun.append(event.revision)

    video = new_id()
    await connections.event_log.publish(planned(video, revision=1))
    await connections.event_log.publish(planned(video, revision=2))
    async with working(voice(note), connections, settings):
        await until(lambda: _idle(connections))
    assert begun == [2]


@pytest.mark.slow
async def test_stopping_finishes_what_fits_and_hands_the_rest_back_at_once(
    connections: Connections, settings: Settings
) -> None:
    finished: list[int] = []

    async def work(event: e.ScenePlanned, job: Job[None]) -> None:
        await asyncio.sleep(0.5 if event.scene == 1 else 30)
        finished.append(event.scene)

    video = new_id()
    for scene in (1, 2, 3):
        await connections.event_log.publish(planned(video, scene))
    async with working(voice(work, slots=2), connections, settings.model_copy(update={"grace_seconds": 1.0})) as stop:
        await until(lambda: _is(connections, (1, 2)))
        stop.set()
    assert finished == [1]
    taken: list[int] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        taken.append(event.scene)

    async with working(voice(note), connections, settings):
        await until(lambda: _counted(taken, 2))
    assert sorted(taken) == [2, 3]


async def test_what_a_stopping_worker_is_still_handed_goes_back_unbegun(
    connections: Connections, settings: Settings
) -> None:
    begun: list[int] = []

    async def note(event: e.ScenePlanned, job: Job[None]) -> None:
        begun.append(event.scene)

    stage = Stage("voice", turns=take_turns)
    stage.on(e.ScenePlanned, slots=1)(note)
    async with working(stage, connections, settings, Timing(linger=2.0)) as stop:
        await until(lambda: _waits(connections))
        stop.set()
        await connections.event_log.publish(planned(new_id()))  # while the last pull waits at the server
    assert begun == []
    async with working(stage, connections, settings):
        await until(lambda: _counted(begun, 1))
    assert await pending(connections) == (0, 0)


@pytest.mark.slow
async def test_a_job_cut_short_by_scale_in_costs_no_attempt_and_nothing_is_paid_twice(
    connections: Connections, settings: Settings
) -> None:
    """The grace period is shorter than the job, twice; a third worker finishes it."""
    attempts: list[int] = []
    paid = Usage(kind="voice", name="some", requests=1, cost_usd=0.25)

    async def speak(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        attempts.append(job.attempt)
        spent = () if job.spent_before else (paid,)  # as a cache of paid answers has it
        job.note_paid(spent)
        if len(attempts) <= 2:
            await asyncio.sleep(30)
        return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration, spent=spent)

    video, impatient = new_id(), settings.model_copy(update={"grace_seconds": 0.1})
    await connections.event_log.publish(planned(video))
    for number in (1, 2):
        async with working(voice(speak), connections, impatient) as stop:
            await until(lambda number=number: _counted(attempts, number))  # type: ignore[misc]
            stop.set()
        assert sum(await pending(connections)) == 1
    async with working(voice(speak), connections, settings):
        await until(lambda: _has(connections, video, e.SceneNarrated))
        await until(lambda: _idle(connections))
    [spoken] = [event for _, event in await connections.event_log.read(video) if isinstance(event, e.SceneNarrated)]
    assert attempts == [1, 1, 1]
    assert (spoken.attempt, spoken.spent) == (1, (paid,))


async def test_a_stage_without_consumers_asks_once_a_second(connections: Connections, settings: Settings) -> None:
    before = connections.nats.stats["out_msgs"]
    async with working(Stage("nobody"), connections, settings.model_copy(update={"slots": 4})):
        await asyncio.sleep(0.5)
    assert connections.nats.stats["out_msgs"] - before < 10


async def test_an_unreadable_advisory_does_not_end_the_sweeper(connections: Connections) -> None:
    subject = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{VIDEOS}.voice-fast"
    await connections.nats.jetstream().publish(subject, b"{", stream=ADVISORIES)
    stop = asyncio.Event()
    sweeping = asyncio.create_task(sweep(connections, stop))

    async def settled() -> bool:
        info = await connections.nats.jetstream().consumer_info(ADVISORIES, SWEEPER)
        return (info.num_pending, info.num_ack_pending) == (0, 0)

    await until(settled)
    assert not sweeping.done()
    stop.set()
    await sweeping


async def test_a_worker_that_crashes_each_time_fails_its_scene(connections: Connections) -> None:
    video = new_id()
    await connections.event_log.publish(requested(video))
    sequence = await connections.event_log.publish(planned(video))
    await record(connections, Advisory(consumer="voice-fast", stream_seq=sequence, deliveries=8))
    failed = (await connections.event_log.read(video)).state.scene(1).failed
    assert failed is not None
    assert failed.problem.code == "worker-died"
    assert "8 times" in failed.problem.detail


async def test_the_server_reports_a_message_that_was_delivered_too_often(connections: Connections) -> None:
    js = connections.nats.jetstream()
    known = (await js.consumer_info(VIDEOS, "voice-fast")).config
    await js.add_consumer(VIDEOS, api.ConsumerConfig.from_response({**known.as_dict(), "max_deliver": 2}))
    await connections.event_log.publish(planned(new_id()))
    subscription = await js.pull_subscribe_bind("voice-fast", VIDEOS)
    for _ in range(2):
        [message] = await subscription.fetch(1, timeout=2)
        await message.nak()
    with pytest.raises(TimeoutError):
        await subscription.fetch(1, timeout=0.5)
    assert (await js.stream_info(ADVISORIES)).state.messages >= 1


async def _waits(connections: Connections) -> bool:
    """True while a pull of a worker waits at the server."""
    info = await connections.nats.jetstream().consumer_info(VIDEOS, "voice-fast")
    return bool(info.num_waiting)


async def _has(connections: Connections, video: str, kind: type[e.Event]) -> bool:
    return any(isinstance(event, kind) for _, event in await connections.event_log.read(video))


async def _idle(connections: Connections) -> bool:
    return await pending(connections) == (0, 0)


async def _is(connections: Connections, wanted: tuple[int, int]) -> bool:
    return await pending(connections) == wanted


async def _counted(items: list[object] | list[str] | list[int], number: int) -> bool:
    return len(items) >= number
