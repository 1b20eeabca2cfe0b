"""Videos take turns at a stage's slots, over a real nats-server, however many scenes one has queued first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import pytest
from unit.worker.pipeline_events import narrated, planned, requested

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.parties import Party
from lectern.contracts.requests import CHECK_SCENE, CheckScene, SceneVerdict
from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, Job, Responder, ServiceLedger, Settings, Stage, Transient, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.processing import Timing

TIMING = Timing(heartbeat=0.3, linger=0.05, retry_delays=(0.05,))
JOB_SECONDS = 0.05

Work = Callable[[e.ScenePlanned, Job[None]], Awaitable[e.AnyEvent | None]]


def fair_stage(work: Work) -> Stage:
    stage = Stage("voice", turns=take_turns)
    stage.on(e.ScenePlanned, slots=1)(work)
    return stage


class Order:
    """A handler that takes a while and notes whom it served."""

    def __init__(self, expected: int) -> None:
        self.videos: list[str] = []
        self.attempts: list[int] = []
        self._expected = expected
        self.done = asyncio.Event()

    async def __call__(self, event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        self.videos.append(event.video_id)
        self.attempts.append(job.attempt)
        await asyncio.sleep(JOB_SECONDS)
        if len(self.videos) == self._expected:
            self.done.set()
        return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


@asynccontextmanager
async def replicas(
    number: int, stage: Stage, connections: Connections, settings: Settings, ledger: ServiceLedger | None = None
) -> AsyncIterator[None]:
    """That many workers, each with a ledger of its own."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        for _ in range(number):
            task = asyncio.create_task(StageLoop(stage, connections, None, settings, TIMING, ledger).run(stop))
            stack.push_async_callback(asyncio.wait_for, task, 10)
        stack.callback(stop.set)
        yield


async def queue(connections: Connections, *scenes: int) -> list[str]:
    """Queues videos of so many scenes, one after another."""
    videos = [new_id() for _ in scenes]
    for video, count in zip(videos, scenes, strict=True):
        await connections.event_log.publish(requested(video))
        for scene in range(1, count + 1):
            await connections.event_log.publish(planned(video, scene))
    return videos


async def until_idle(connections: Connections) -> None:
    async with asyncio.timeout(120):
        while True:
            info = await connections.nats.jetstream().consumer_info(VIDEOS, "voice-fast")
            if (info.num_pending, info.num_ack_pending) == (0, 0):
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_a_video_is_served_after_two_jobs_of_another_that_came_first_with_twelve(
    connections: Connections, settings: Settings, workers: int
) -> None:
    long, short = await queue(connections, 12, 1)
    order = Order(13)
    async with replicas(workers, fair_stage(order), connections, settings):
        await asyncio.wait_for(order.done.wait(), 120)
    assert order.videos.index(short) <= 2 * workers
    assert (order.videos.count(long), len(order.videos)) == (12, 13), "every scene is made, and made once"
    assert set(order.attempts) == {1}, "giving others their turn is no attempt"
    await until_idle(connections)


async def test_a_video_that_comes_later_is_served_next(connections: Connections, settings: Settings) -> None:
    [long] = await queue(connections, 8)
    order = Order(9)
    async with replicas(1, fair_stage(order), connections, settings):
        async with asyncio.timeout(120):
            while len(order.videos) < 3:
                await asyncio.sleep(0.01)
        before = len(order.videos)
        [short] = await queue(connections, 1)
        await asyncio.wait_for(order.done.wait(), 120)
    assert order.videos.index(short) - before <= 2
    assert order.videos.count(long) == 8


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_while_three_videos_wait_none_is_more_than_two_jobs_ahead_in_each_replica(
    connections: Connections, settings: Settings, workers: int
) -> None:
    """The bound of start-time fair queueing; each replica keeps an account of its own."""
    videos = await queue(connections, 5, 5, 5)
    order = Order(15)
    async with replicas(workers, fair_stage(order), connections, settings):
        await asyncio.wait_for(order.done.wait(), 120)
    served = dict.fromkeys(videos, 0)
    for video in order.videos:
        served[video] += 1
        if served[video] == 5:
            break
        assert max(served.values()) - min(served.values()) <= 2 * workers, [videos.index(each) for each in order.videos]


async def test_a_penalised_video_waits_behind_all_others(connections: Connections, settings: Settings) -> None:
    bad, good = await queue(connections, 4, 4)
    ledger, order = ServiceLedger(), Order(8)
    ledger.penalise(Party(video=bad))
    async with replicas(1, fair_stage(order), connections, settings, ledger):
        await asyncio.wait_for(order.done.wait(), 120)
    assert order.videos == [good] * 4 + [bad] * 4


@pytest.mark.slow
async def test_a_look_reaches_beyond_a_video_that_fills_it(connections: Connections, settings: Settings) -> None:
    long, short = await queue(connections, 500, 1)
    order = Order(30)
    async with replicas(1, fair_stage(order), connections, settings):
        await asyncio.wait_for(order.done.wait(), 120)
    assert short in order.videos[:6]
    assert order.videos.count(long) == 29


async def test_work_that_was_handed_back_is_still_cancelled(connections: Connections, settings: Settings) -> None:
    doomed, other = await queue(connections, 6, 6)
    begun, stopped = asyncio.Event(), asyncio.Event()
    served: list[str] = []

    async def work(event: e.ScenePlanned, job: Job[None]) -> None:
        served.append(event.video_id)
        if event.video_id == doomed:
            begun.set()
            try:
                await asyncio.sleep(30)
            finally:
                stopped.set()

    async with replicas(1, fair_stage(work), connections, settings):
        await asyncio.wait_for(begun.wait(), 120)
        await connections.event_log.record_outcome(e.VideoCancelled(video_id=doomed))
        await asyncio.wait_for(stopped.wait(), 120)
        await until_idle(connections)
    assert (served.count(doomed), served.count(other)) == (1, 6)


async def test_failures_are_counted_though_others_had_their_turn_between(
    connections: Connections, settings: Settings
) -> None:
    attempts: list[int] = []
    video, _ = await queue(connections, 1, 6)
    order = Order(6)

    async def work(event: e.ScenePlanned, job: Job[None]) -> e.AnyEvent | None:
        if event.video_id != video:
            return await order(event, job)
        attempts.append(job.attempt)
        raise Transient("it failed")

    async with replicas(1, fair_stage(work), connections, settings):
        async with asyncio.timeout(120):
            while not (await connections.event_log.read(video)).state.scene(1).failed:
                await asyncio.sleep(0.02)
    assert attempts == [1, 2, 3, 4, 5]


async def test_requests_are_answered_in_turns_of_their_videos(connections: Connections) -> None:
    served: list[str] = []
    all_wait = asyncio.Event()

    async def check(message: CheckScene) -> SceneVerdict:
        await all_wait.wait()
        served.append(message.video_id)
        return SceneVerdict(ok=True)

    responder = Responder(
        request=CHECK_SCENE,
        handler=check,
        failed=lambda error: SceneVerdict(ok=False, unavailable=str(error)),
        turns=lambda message: Party(message.owner, message.video_id),
    )

    def ask(video: str) -> asyncio.Task[SceneVerdict]:
        request = CheckScene(code_key="c", narration_key="n", options=planned("v").options, video_id=video)
        return asyncio.create_task(connections.bus.ask(CHECK_SCENE, request, timeout=120))

    async with connections.bus.answering(responder):
        asked = [ask("long") for _ in range(8)]
        await connections.nats.flush()
        asked.append(ask("short"))
        gone = ask("gone")
        await asyncio.sleep(0.1)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        all_wait.set()
        replies = await asyncio.gather(*asked)
    assert served.index("short") <= 2
    assert [reply.ok for reply in replies] == [True] * 9
    assert msgspec.json.encode(replies[0]) == b'{"ok":true}'
