"""Processing a delivery, without a server; test_loop.py runs the same code against a real one."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
from datetime import timedelta

import msgspec
import nats.errors
import pytest
import structlog
from nats.js import errors as js_errors
from unit.worker.pipeline_events import OPTIONS, narrated, planned, rendered, requested, scripted

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Progress
from lectern.contracts.topology import ATTEMPTS
from lectern.contracts.usage import Usage
from lectern.worker import Connections, DeadLetter, Job, Permanent, Stage, Timing, Transient, Unavailable, failures
from lectern.worker.delivery import Delivery, DeliveryResult, StopReason
from lectern.worker.failures import MOST_RUNS_CUT_SHORT
from lectern.worker.processing import Processor
from lectern.worker.stage import Handler
from lectern.worker.tallies import Tally
from lectern.worker.testing import MemoryDeadLetters, MemoryEventLog, deliver, memory_connections
from lectern.worker.testing.delivering import MemoryMessage

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


async def test_an_answer_says_when_its_work_began_and_which_attempt_succeeded(connections: Connections) -> None:
    before = e.now()
    event = msgspec.structs.replace(planned(new_id()), began=before, attempt=9)
    [answer] = (await deliver(stage(narrate), event, connections, attempt=3)).events
    assert answer.began is not None
    assert before < answer.began <= answer.at
    assert answer.attempt == 3


async def test_a_failure_says_when_its_last_attempt_began(connections: Connections) -> None:
    [failed] = (await deliver(raising(Permanent(PROBLEM)), planned(new_id()), connections)).events
    assert failed.began is not None
    assert failed.began <= failed.at


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
    assert (delivered.result, delivered.settled) == (DeliveryResult.FAILED, "ack")
    assert [type(event) for event in delivered.events] == [e.SceneFailed]


@pytest.mark.parametrize("repairable", [True, False])
async def test_only_what_an_operator_could_repair_is_a_dead_letter(connections: Connections, repairable: bool) -> None:
    delivered = await deliver(raising(Permanent(PROBLEM, repairable=repairable)), planned(new_id()), connections)
    assert [type(event) for event in delivered.events] == [e.SceneFailed]
    assert isinstance(connections.dead_letters, MemoryDeadLetters)
    assert len(connections.dead_letters.letters) == repairable


async def test_a_stop_while_giving_up_hands_the_message_back(connections: Connections) -> None:
    class UnavailableDeadLetters:
        reached = asyncio.Event()

        async def store(self, letter: DeadLetter) -> None:
            self.reached.set()
            await asyncio.sleep(30)

    letters = UnavailableDeadLetters()
    stuck = dataclasses.replace(connections, dead_letters=letters)
    delivering = asyncio.create_task(deliver(raising(Permanent(PROBLEM, repairable=True)), planned(new_id()), stuck))
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


async def test_work_that_is_stopped_just_as_its_log_is_read_is_not_begun(connections: Connections) -> None:
    """The stop is swallowed where an answer arrives at that very moment."""
    event = planned(new_id())
    message = MemoryMessage(event, "voice", await connections.event_log.publish(event), 1)
    delivery = Delivery(message, event, structlog.get_logger())

    class StoppedLog(MemoryEventLog):
        async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
            delivery.stop(StopReason.CANCELLED)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
            return await connections.event_log.read(video_id, lane, at_least=at_least)

    stopped = dataclasses.replace(connections, event_log=StoppedLog(connections.bus))
    processor = Processor(raising(AssertionError("begun")), stopped, None, scratch=None, timing=Timing())
    task = asyncio.create_task(processor.process(delivery))
    delivery.runs_in(task)
    assert await task is DeliveryResult.CANCELLED
    assert message.settled == "ack"


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


def away(code: str = "store-unavailable") -> Unavailable:
    return Unavailable("the object store cannot be reached", code=code)


def failing_at_first(*errors: Exception | None) -> Stage:
    """A stage whose first calls raise these."""
    left = list(errors)

    async def handle(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        if left and (error := left.pop(0)):
            raise error
        return await narrate(event, job)

    return stage(handle)


async def test_an_outage_uses_up_no_attempt_however_long_it_lasts(connections: Connections) -> None:
    event, delays = planned(new_id()), []
    handler = failing_at_first(*[away()] * (ATTEMPTS + 3))
    for _ in range(ATTEMPTS + 3):
        waiting = await deliver(handler, event, connections, attempt=2)
        assert (waiting.result, waiting.settled) == (DeliveryResult.WAITING, "nak")
        delays.append(waiting.delay or 0.0)
    assert max(delays) <= 1.2 * failures.WAIT_DELAYS[-1]
    assert delays[0] < delays[3] < delays[5], "it looks ever more seldom"
    done = await deliver(handler, event, connections, attempt=2)
    assert done.result is DeliveryResult.SUCCESS
    assert (await connections.event_log.read(event.video_id)).state.scene(1).delay() is None


async def test_another_outage_is_looked_at_soon_however_long_the_one_before_lasted(connections: Connections) -> None:
    event = planned(new_id())
    handler = failing_at_first(*[away()] * 4, away("disk-full"), away("disk-full"))
    delays = [(await deliver(handler, event, connections, attempt=2)).delay or 0.0 for _ in range(6)]
    assert delays[3] >= failures.WAIT_DELAYS[3]
    assert delays[4] <= 1.2 * failures.WAIT_DELAYS[0]
    assert delays[5] >= failures.WAIT_DELAYS[1]


async def test_an_outage_that_a_strangers_code_may_have_brought_about_is_believed_a_few_times(
    connections: Connections,
) -> None:
    event, settled = planned(new_id()), []
    claimed = Unavailable("this machine is too busy", code="machine-busy", begun=True)
    handler = failing_at_first(*[each for _ in range(MOST_RUNS_CUT_SHORT) for each in (away(), claimed)])
    while (delivered := await deliver(handler, event, connections, attempt=2)).result is DeliveryResult.WAITING:
        settled.append(delivered.settled)
    assert len(settled) == 2 * MOST_RUNS_CUT_SHORT - 1, "what it had no part in is not counted"
    failed = delivered.events[-1]
    assert isinstance(failed, e.SceneFailed)
    assert (failed.problem.code, failed.problem.retryable) == ("machine-busy", True)
    assert f"It ended {MOST_RUNS_CUT_SHORT} runs" in failed.problem.detail


async def test_the_reason_for_waiting_is_told_once_and_again_when_it_changes(connections: Connections) -> None:
    event = planned(new_id())
    handler = failing_at_first(away(), away(), away("disk-full"))
    told = [(await deliver(handler, event, connections, attempt=n)).events for n in (1, 2, 2)]
    [first], second, [third] = told
    assert second == ()
    assert isinstance(first, e.SceneDelayed)
    assert isinstance(third, e.SceneDelayed)
    assert (first.stage, first.problem.code, first.problem.stage, first.problem.scene) == (
        "voice",
        "store-unavailable",
        "voice",
        1,
    )
    assert third.problem.code == "disk-full"
    assert third.since > first.since, "the new reason is as old as itself"
    assert "Nothing to do" in first.problem.remedy


async def test_a_stage_of_whole_videos_says_that_the_video_waits(connections: Connections) -> None:
    composer = Stage("composer", fails="video")

    @composer.on(e.ScenePlanned)
    async def handle(event: e.ScenePlanned, job: Job[None]) -> None:
        raise away()

    event = planned(new_id())
    [told] = (await deliver(composer, event, connections)).events
    assert isinstance(told, e.VideoDelayed)
    assert (await connections.event_log.read(event.video_id)).state.delay() == told


async def test_failures_between_outages_are_counted_and_outages_are_not(connections: Connections) -> None:
    event = planned(new_id())
    errors = [away(), RuntimeError("bug"), away(), RuntimeError("bug"), RuntimeError("bug"), away()]
    handler = failing_at_first(*errors, *[RuntimeError("bug")] * 2)
    results = [
        (await deliver(handler, event, connections, attempt=min(n, 2))).result for n in range(1, len(errors) + 3)
    ]
    assert results[-1] is DeliveryResult.FAILED
    assert results.count(DeliveryResult.RETRY) == ATTEMPTS - 1


async def test_after_a_day_of_waiting_the_work_fails_and_says_for_how_long(connections: Connections) -> None:
    event = planned(new_id())
    since = e.now() - timedelta(hours=25)
    await remember(connections, event, Tally(waits=500, waiting_since=since))
    [failed] = (await deliver(raising(away()), event, connections, attempt=2)).events
    assert isinstance(failed, e.SceneFailed)
    assert (failed.problem.code, failed.problem.retryable) == ("store-unavailable", True)
    assert f"since {since:%d %B %H:%M} UTC, and Lectern waited 25 hours" in failed.problem.detail


async def test_a_worker_that_dies_each_time_ends_the_work_without_another_try(connections: Connections) -> None:
    event = planned(new_id())
    await remember(connections, event, Tally(attempts=ATTEMPTS))
    [failed] = (await deliver(raising(AssertionError("begun")), event, connections, attempt=2)).events
    assert isinstance(failed, e.SceneFailed)
    assert failed.problem.code == "worker-died"
    assert f"{ATTEMPTS} times" in failed.problem.detail


async def test_a_start_counts_until_its_end_is_known(connections: Connections) -> None:
    event, seen = planned(new_id()), []

    async def look(event: e.ScenePlanned, job: Job[None]) -> None:
        entry = await connections.tallies.get("voice-fast.1")
        seen.append(msgspec.json.decode(entry.value or b"", type=Tally).attempts if entry else None)
        raise away()

    await deliver(stage(look), event, connections)
    await deliver(stage(look), event, connections, attempt=2)
    entry = await connections.tallies.get("voice-fast.1")
    assert seen == [None, 1], "a first delivery is not noted, the next is while it runs"
    assert entry is not None
    assert msgspec.json.decode(entry.value or b"", type=Tally).attempts == 0


async def test_a_worker_that_is_stopped_uses_up_no_attempt(connections: Connections) -> None:
    event, begun = planned(new_id()), asyncio.Event()

    async def linger(event: e.ScenePlanned, job: Job[None]) -> None:
        begun.set()
        await asyncio.sleep(30)

    delivering = asyncio.create_task(deliver(stage(linger), event, connections, attempt=3))
    await begun.wait()
    delivering.cancel()
    assert (await delivering).result is DeliveryResult.HANDED_BACK
    entry = await connections.tallies.get("voice-fast.1")
    assert entry is not None
    assert msgspec.json.decode(entry.value or b"", type=Tally).attempts == 2


async def test_the_cost_of_deliveries_without_an_answer_is_reported_with_the_answer(connections: Connections) -> None:
    paid = Usage(kind="voice", name="google/x", characters=12)
    event, seen = planned(new_id()), []

    async def pay(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        seen.append(sum(item.characters for item in job.spent_before))
        if len(seen) == 1:
            raise Unavailable("away", spent=(paid,))
        job.note_paid((paid,))
        if len(seen) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration, spent=(paid,))

    for attempt in (1, 2, 2):
        delivered = await deliver(stage(pay), event, connections, attempt=attempt)
    [answer] = delivered.events
    assert isinstance(answer, e.SceneNarrated)
    assert seen == [0, 12, 24]
    assert [item.characters for item in answer.spent] == [36]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/secret/path"), "disk-full"),
        (OSError(errno.EMFILE, "Too many open files"), "machine-busy"),
        (nats.errors.ConnectionClosedError(), "log-unavailable"),
        (js_errors.ServiceUnavailableError(code=503), "log-unavailable"),
    ],
)
async def test_trouble_of_the_machine_is_no_fault_of_the_work(
    connections: Connections, error: Exception, code: str
) -> None:
    wrapped = Transient("it failed")
    wrapped.__cause__ = error
    for raised in (error, wrapped):
        event = planned(new_id())
        [told] = (await deliver(raising(raised), event, connections)).events
        assert isinstance(told, e.SceneDelayed)
        assert told.problem.code == code
        assert "/secret" not in told.problem.sentence()


async def test_a_message_that_can_never_be_sent_is_the_works_own_failure(connections: Connections) -> None:
    delivered = await deliver(raising(nats.errors.MaxPayloadError()), planned(new_id()), connections)
    assert delivered.result is DeliveryResult.RETRY


async def test_an_outage_of_the_log_itself_waits_without_a_word(connections: Connections) -> None:
    event = planned(new_id())
    await connections.event_log.publish(event)
    assert isinstance(connections.event_log, MemoryEventLog)
    log = connections.event_log

    async def lose_log(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        log.available = False
        return await narrate(event, job)

    async def reconnect() -> None:
        while log.available:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        log.available = True

    reconnecting = asyncio.create_task(reconnect())
    delivery = asyncio.create_task(deliver(stage(lose_log), event, connections))
    await reconnecting
    with contextlib.suppress(Unavailable):
        assert (await delivery).result is DeliveryResult.WAITING
    assert (await deliver(stage(narrate), event, connections, attempt=2)).result is DeliveryResult.SUCCESS


async def test_a_heartbeat_that_fails_is_logged_and_goes_on(connections: Connections) -> None:
    beats = 0
    read = connections.event_log.read

    async def read_badly(video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        nonlocal beats
        if at_least:
            return await read(video_id, lane, at_least=at_least)
        beats += 1
        raise RuntimeError("bug")

    async def work(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        connections.event_log.read = read_badly  # type: ignore[method-assign]
        async with asyncio.timeout(120):
            while beats < 3:
                await asyncio.sleep(0.01)
        connections.event_log.read = read  # type: ignore[method-assign]
        return await narrate(event, job)

    with structlog.testing.capture_logs() as logs:
        delivered = await deliver(stage(work), planned(new_id()), connections, timing=Timing(heartbeat=0.01))
    assert delivered.result is DeliveryResult.SUCCESS
    assert [line["log_level"] for line in logs if line.get("action") == "heartbeat-failed"][:3] == ["error"] * 3


async def remember(connections: Connections, event: e.AnyEvent, tally: Tally) -> None:
    """Makes an event that is delivered for the first time one with a past."""
    sequence = await connections.event_log.publish(event)
    await connections.tallies.create(f"voice-fast.{sequence}", msgspec.json.encode(tally))


async def test_a_stage_of_whole_videos_fails_the_revision_that_an_earlier_ones_scene_completes(
    connections: Connections,
) -> None:
    video = new_id()
    late = rendered(video, scene=1)
    again = e.ScriptApproved(
        video_id=video, revision=2, script_key="s", title="Tides", scenes=scripted(video, 2).scenes, plan=(2,),
        options=OPTIONS,
    )  # fmt: skip
    for event in (requested(video), scripted(video, 2), again, rendered(video, scene=2, revision=2)):
        await connections.event_log.publish(event)
    composer = Stage("composer", fails="video")
    errors = [away(), Permanent(PROBLEM)]

    @composer.on(e.SceneRendered)
    async def compose(event: e.SceneRendered, job: Job[None]) -> None:
        raise errors.pop(0)

    [waits] = (await deliver(composer, late, connections)).events
    assert (waits.revision, isinstance(waits, e.VideoDelayed)) == (2, True)
    [failed] = (await deliver(composer, late, connections, attempt=2)).events
    assert (failed.revision, isinstance(failed, e.VideoFailed)) == (2, True)


async def test_all_that_a_stage_records_stays_with_the_videos_owner(connections: Connections) -> None:
    event = msgspec.structs.replace(planned(new_id()), owner="ann")
    handler = failing_at_first(away(), Permanent(PROBLEM))
    recorded = [(await deliver(handler, event, connections, attempt=n)).events for n in (1, 2)]
    answered = await deliver(failing_at_first(), msgspec.structs.replace(event, scene=2), connections)
    kinds = [type(each) for each in (*recorded[0], *recorded[1], *answered.events)]
    assert kinds == [e.SceneDelayed, e.SceneFailed, e.SceneNarrated]
    assert {each.owner for each in (*recorded[0], *recorded[1], *answered.events)} == {"ann"}
