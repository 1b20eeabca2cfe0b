"""Owners take turns at every stage, over a real nats-server, however many videos one of them has queued first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import pytest
from unit.worker.pipeline_events import narrated, planned

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.parties import Party
from lectern.contracts.requests import CHECK_SCENE, CheckScene, SceneVerdict
from lectern.contracts.topology import STAGE_INPUTS, VIDEOS
from lectern.worker import Connections, Job, Responder, Settings, Stage, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.processing import Timing

TIMING = Timing(heartbeat=5.0, linger=0.05)
SLOTS = {"voice": 8, "coder": 4, "renderer": 1}
VIDEO_COUNT, SCENE_COUNT = 100, 5


def coded(video: str, scene: int) -> e.SceneCoded:
    """A scene has its code."""
    made = narrated(video, scene)
    return e.SceneCoded(
        video_id=video,
        scene=scene,
        script_key=made.script_key,
        options=made.options,
        narration=made.narration,
        code=e.CodeRef(key="c", origin="lesson"),
    )


INPUTS = {"voice": planned, "coder": narrated, "renderer": coded}


class Work:
    """A stage's handler whose jobs last until the test ends them, one by one."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._running: list[asyncio.Event] = []
        self._changed = asyncio.Condition()

    async def __call__(self, event: e.SceneEvent, job: Job[None]) -> None:
        end = asyncio.Event()
        async with self._changed:
            self.begun.append(event.owner)
            self._running.append(end)
            self._changed.notify_all()
        await end.wait()

    async def until(self, begun: int) -> None:
        """Waits until that many jobs have begun."""
        async with asyncio.timeout(120), self._changed:
            await self._changed.wait_for(lambda: len(self.begun) >= begun)

    async def end_one(self) -> None:
        """Ends the oldest job, and waits until its slot has begun another."""
        begun = len(self.begun)
        self._running.pop(0).set()
        await self.until(begun + 1)

    def end_all(self) -> None:
        """Ends every job that runs."""
        while self._running:
            self._running.pop().set()


@asynccontextmanager
async def replicas(
    number: int, name: str, work: Work, connections: Connections, settings: Settings
) -> AsyncIterator[None]:
    """That many workers of a stage with the slots of its kind, each with a ledger of its own."""
    stage, stop = Stage(name, turns=take_turns), asyncio.Event()
    stage.on(STAGE_INPUTS[name][0], slots=SLOTS[name])(work)
    async with AsyncExitStack() as stack:
        for _ in range(number):
            task = asyncio.create_task(StageLoop(stage, connections, None, settings, TIMING).run(stop))
            stack.push_async_callback(asyncio.wait_for, task, 10)
        stack.callback(work.end_all)
        stack.callback(stop.set)
        yield


async def queue(connections: Connections, stage: str, owner: str, videos: int, scenes: int) -> None:
    """Queues an owner's videos, one after another."""
    for _ in range(videos):
        video = new_id()
        for scene in range(1, scenes + 1):
            event: e.AnyEvent = INPUTS[stage](video, scene)
            await connections.event_log.publish(msgspec.structs.replace(event, owner=owner))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stage", SLOTS)
async def test_an_owner_with_a_hundred_videos_delays_anothers_first_by_one_job(
    connections: Connections, settings: Settings, stage: str, workers: int
) -> None:
    """And the others by no more than the owner's equal share."""
    await queue(connections, stage, "ann", VIDEO_COUNT, SCENE_COUNT)
    work, slots = Work(), SLOTS[stage] * workers
    async with replicas(workers, stage, work, connections, settings):
        await work.until(slots)
        for _ in range(3):
            await work.end_one()
        before = len(work.begun)
        assert set(work.begun) == {"ann"}
        await queue(connections, stage, "bob", 1, SCENE_COUNT)
        await work.end_one()
        assert work.begun[before:] == ["bob"], "the first slot that is free is his"
        while work.begun.count("bob") < SCENE_COUNT:
            await work.end_one()
        assert len(work.begun) - before <= 2 * SCENE_COUNT + slots


@pytest.mark.slow
async def test_an_owner_who_was_queued_behind_another_before_any_worker_ran_is_second(
    connections: Connections, settings: Settings
) -> None:
    await queue(connections, "renderer", "ann", VIDEO_COUNT, SCENE_COUNT)
    await queue(connections, "renderer", "bob", 1, 1)
    work = Work()
    async with replicas(1, "renderer", work, connections, settings):
        await work.until(1)
        await work.end_one()
        assert work.begun == ["ann", "bob"]


@pytest.mark.slow
async def test_owners_whose_backlogs_came_one_after_another_are_served_alike(
    connections: Connections, settings: Settings
) -> None:
    """What stands aside comes back in turns as well: in the order it came, the first owner's would be back alone."""
    owners = ("ann", "bob", "eve")
    for owner in owners:
        await queue(connections, "renderer", owner, 30, SCENE_COUNT)
    work, jobs = Work(), 60
    async with replicas(1, "renderer", work, connections, settings):
        await work.until(1)
        while len(work.begun) < jobs:
            await work.end_one()
        served = Counter(work.begun[:jobs])
    assert min(served[owner] for owner in owners) >= jobs // len(owners) - 4, served


@pytest.mark.slow
async def test_what_stands_aside_for_others_is_all_done_in_the_end_and_delivered_a_bounded_number_of_times(
    connections: Connections, settings: Settings
) -> None:
    await queue(connections, "renderer", "ann", 60, 3)
    work, count = Work(), 180
    async with replicas(1, "renderer", work, connections, settings):
        await work.until(1)
        for _ in range(count - 1):
            await work.end_one()
        work.end_all()
        async with asyncio.timeout(120):
            while True:
                info = await connections.nats.jetstream().consumer_info(VIDEOS, "renderer-fast")
                if (info.num_pending, info.num_ack_pending) == (0, 0):
                    break
                await asyncio.sleep(0.02)
    assert len(work.begun) == count
    assert info.delivered is not None
    assert info.delivered.consumer_seq <= 100 * count
    assert connections.registry.get_sample_value("lectern_stage_put_aside_total", {"stage": "renderer"})


async def test_requests_are_answered_in_turns_of_owners(connections: Connections) -> None:
    served: list[str] = []
    all_wait = asyncio.Event()

    async def check(message: CheckScene) -> SceneVerdict:
        await all_wait.wait()
        served.append(message.owner)
        return SceneVerdict(ok=True)

    responder = Responder(
        request=CHECK_SCENE,
        handler=check,
        failed=lambda error: SceneVerdict(ok=False, unavailable=str(error)),
        turns=lambda message: Party(message.owner, message.video_id),
    )

    def ask(owner: str) -> asyncio.Task[SceneVerdict]:
        request = CheckScene(
            code_key="c", narration_key="n", options=planned("v").options, owner=owner, video_id=new_id()
        )
        return asyncio.create_task(connections.bus.ask(CHECK_SCENE, request, timeout=120))

    async with connections.bus.answering(responder):
        asked = [ask("ann") for _ in range(30)]
        await connections.nats.flush()
        asked.append(ask("bob"))
        await asyncio.sleep(0.1)
        all_wait.set()
        await asyncio.gather(*asked)
    assert served.index("bob") <= 2
