"""A whole day's videos in minutes: `python bench/whole_day.py [--speed 240] [--slots 4] [--record]`.

The bursty day of `day_of_videos.py`, whose durations and pauses are divided by the speed, through the real worker loop
on a real nats-server, beside a real gateway that visitors ask. Some videos fail, some are cancelled while they are
made, some deleted after their end. Told are how long videos took, by lane; whether each had its one outcome, and what
is left of all; and what each process used, early in the day and late. `--record` writes it to `bench/measured`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine, Mapping

from day_of_videos import Request, make_day
from gateway_process import run_gateway
from load import OPTIONS, StubStages, Visitors, count_deliveries, tell, tell_visits
from nats.aio.client import Client
from recording import record_figures

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief
from lectern.contracts.problems import Problem
from lectern.contracts.topology import CUER, ERASER, VIDEO_VIEWS, VIDEOS, consumers
from lectern.worker import Connections, Job, Permanent, Settings, configure_logs, connect_nats
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

VISIT_EVERY = 1.0  # seconds
OUTCOMES = ("completed", "failed", "cancelled", "deleted")
FATES = ("completed", "failed", "cancelled", "deleted")  # what is meant for a video, with these weights:
WEIGHTS = (87, 4, 6, 3)
PATIENCE = (60.0, 600.0)  # seconds of the day after which a user cancels, or deletes what is ready
SETTLED = 60.0  # seconds that the log's readers have at the end to catch up


class Fated(Request, frozen=True, kw_only=True):
    """A request, and what its user will make of it."""

    fate: str
    patience: float


def draw_fates(seed: int) -> dict[str, Fated]:
    """The day's requests by the ids of their videos."""
    rng = random.Random(seed)
    found = {}
    for request in make_day(seed):
        [fate] = rng.choices(FATES, WEIGHTS)
        fields = {name: getattr(request, name) for name in request.__struct_fields__}
        found[new_id()] = Fated(fate=fate, patience=rng.uniform(*PATIENCE), **fields)
    return found


class Users:
    """What users do later on: cancelling and deleting."""

    def __init__(self, connections: Connections, requests: Mapping[str, Fated], speed: float) -> None:
        self._log, self._requests, self._speed = connections.event_log, requests, speed
        self._acting: set[asyncio.Task[object]] = set()

    def has_plans(self) -> bool:
        """True while somebody is about to do something."""
        return bool(self._acting)

    def plan(self, video: str, *, ready: bool) -> None:
        """Has the video's user do what is meant, once the video is asked for or is ready."""
        request = self._requests[video]
        whose = {"video_id": video, "owner": request.owner, "lane": request.lane}
        if request.fate == "cancelled" and not ready:
            self._act_later(request, self._log.record_outcome(e.VideoCancelled(**whose)))
        elif request.fate == "deleted" and ready:
            self._act_later(request, self._log.publish(e.VideoDeleted(**whose)))

    def _act_later(self, request: Fated, act: Coroutine[object, object, object]) -> None:
        async def wait() -> object:
            await asyncio.sleep(request.patience / self._speed)
            return await act

        task = asyncio.create_task(wait())
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)


class DayStages(StubStages):
    """Stages that take as long as a day's requests say, divided by the speed."""

    def __init__(self, requests: Mapping[str, Fated], users: Users, speed: float) -> None:
        super().__init__(0, 0.0, requests)
        self._requests, self._users, self._speed = requests, users, speed
        self.asked: dict[str, float] = {}
        self.took: dict[str, list[float]] = defaultdict(list)  # seconds of the day, by lane

    def count_scenes(self, video_id: str) -> int:
        """How many scenes a video has; those of visitors one."""
        request = self._requests.get(video_id)
        return len(request.scenes) if request else 1

    def find_seconds(self, stage: str, event: e.AnyEvent) -> float:
        """How long a stage works on what an event asks for."""
        request = self._requests.get(event.video_id)
        if request is None:
            return 0.0
        if isinstance(event, e.SceneEvent) and stage != "composer":
            return request.scenes[event.scene - 1][stage] / self._speed
        return (request.script if stage == "scripter" else request.composing) / self._speed

    async def write(self, event: e.VideoRequested, job: Job[None]) -> list[e.AnyEvent]:
        """A script, unless the request is one that fails."""
        written = await super().write(event, job)
        request = self._requests.get(event.video_id)
        if request and request.fate == "failed":
            raise Permanent(
                Problem(code="no-script", title="No script", detail="Nothing is known of it.", remedy="Ask anew.")
            )
        return written

    async def compose(self, event: e.SceneRendered, job: Job[None]) -> None:
        """The end, with the last scene."""
        before = len(self.ended)
        await super().compose(event, job)
        if len(self.ended) > before and event.video_id in self.asked:
            seconds = (time.perf_counter() - self.asked[event.video_id]) * self._speed
            self.took[self._requests[event.video_id].lane].append(seconds)
            self._users.plan(event.video_id, ready=True)


async def ask(
    connections: Connections, stubs: DayStages, users: Users, requests: Mapping[str, Fated], speed: float
) -> None:
    """Asks for each video when its time has come."""
    began = time.perf_counter()
    for video, request in requests.items():
        await asyncio.sleep(max(0.0, request.at / speed - (time.perf_counter() - began)))
        stubs.asked[video] = time.perf_counter()
        brief = Brief(topic="Tides")
        await connections.event_log.publish(
            e.VideoRequested(video_id=video, owner=request.owner, lane=request.lane, brief=brief, options=OPTIONS)
        )
        users.plan(video, ready=False)


async def find_outcomes(nats: Client, requests: Mapping[str, Fated]) -> dict[str, list[str]]:
    """The outcomes of each video that has any, as the log has them."""
    found: dict[str, list[str]] = defaultdict(list)
    for verb in OUTCOMES:
        info = await nats.jetstream(timeout=60).stream_info(VIDEOS, subjects_filter=f"videos.*.*.{verb}")
        for subject, times in (info.state.subjects or {}).items():
            if (video := subject.split(".")[2]) in requests:
                found[video] += [verb] * times
    return found


async def count_left(nats: Client) -> int:
    """Messages that somebody has not done with.

    Left out are the eraser, which looks again a quarter of an hour later, and the cuer, which is a part of the coder's.
    """
    left = 0
    for consumer in consumers():
        if consumer.name not in (ERASER, CUER) and consumer.stream == VIDEOS:
            info = await nats.jetstream(timeout=60).consumer_info(VIDEOS, consumer.name)
            left += (info.num_pending or 0) + (info.num_ack_pending or 0)
    return left


async def find_orphans(nats: Client, requests: Mapping[str, Fated], outcomes: Mapping[str, list[str]]) -> list[str]:
    """What is left over: views without a log or the other way round, remains of deleted videos, consumers of nobody."""
    found: list[str] = []
    js = nats.jetstream(timeout=60)
    info = await js.stream_info(VIDEOS, subjects_filter="videos.>")
    logs: dict[str, list[str]] = defaultdict(list)
    for subject in info.state.subjects or {}:
        logs[subject.split(".")[2]].append(subject)
    views = set(await (await js.key_value(VIDEO_VIEWS)).keys())
    found += [f"view of {video}, which has no log" for video in views - set(logs)]
    found += [f"no view of {video}" for video in set(logs) - views]
    for video in requests:
        if outcomes[video] == ["deleted"] and len(logs[video]) > 1:
            found.append(f"{len(logs[video]) - 1} events of {video}, which was deleted")
    declared = {consumer.name for consumer in consumers()}  # beside them a gateway has some that the server forgets
    for consumer in await js.consumers_info(VIDEOS):
        if consumer.name not in declared and not consumer.config.inactive_threshold:
            found.append(f"consumer {consumer.name}")
    return found


async def measure(speed: float, slots: int, seed: int, *, record: bool) -> None:
    """Lives through the day and prints the figures."""
    requests = draw_fates(seed)
    with run_gateway() as gateway:
        visitors = Visitors(gateway)
        for _ in range(20):
            await visitors.visit()
        idle = visitors.take()
        nats = await connect_nats(gateway.nats_url, "bench")
        connections = Connections.over(nats, MemoryObjectStore())
        users, stop = Users(connections, requests, speed), asyncio.Event()
        stubs = DayStages(requests, users, speed)
        visitors.begin()
        loops = [StageLoop(each, connections, None, Settings()).run(stop) for each in stubs.build(slots)]
        running = [asyncio.create_task(each) for each in loops]
        began = time.perf_counter()
        asking = asyncio.create_task(ask(connections, stubs, users, requests, speed))
        while len(await find_outcomes(nats, requests)) < len(requests) or users.has_plans():
            await visitors.visit()
            await asyncio.sleep(VISIT_EVERY)
        await asking
        hours = (time.perf_counter() - began) * speed / 3600
        loaded, used, deliveries = visitors.take(), visitors.end(), await count_deliveries(nats)
        ended = time.perf_counter()
        while await count_left(nats) and time.perf_counter() - ended < SETTLED:  # noqa: ASYNC110
            await asyncio.sleep(VISIT_EVERY)
        left, outcomes = await count_left(nats), await find_outcomes(nats, requests)
        orphans = await find_orphans(nats, requests, outcomes)
        stop.set()
        await asyncio.gather(*running)
        await visitors.close()
        await nats.close()
    scenes, once = sum(len(request.scenes) for request in requests.values()), Counter(map(tuple, outcomes.values()))
    lost_or_doubled = len(requests) - sum(once[each,] for each in OUTCOMES)
    counts = ", ".join(f"{once[each,]} {each}" for each in OUTCOMES)
    print(
        f"{len(requests)} videos, {scenes} scenes in {hours:.1f} h at {speed:g} times the speed;"
        f" load {os.getloadavg()[0]:.0f}; {counts}, {lost_or_doubled} otherwise; {left} messages left;"
        f" {len(orphans)} orphans; {stubs.rendered} renders, {deliveries / stubs.rendered:.1f} deliveries each"
    )
    for orphan in orphans[:10]:
        print(f"left over: {orphan}")
    for lane, took in stubs.took.items():
        tenths = statistics.quantiles(took, n=20)
        print(f"{lane}: median {tenths[9] / 60:.0f} min of the day, 95th percentile {tenths[18] / 60:.0f} min")
    tell(visitors, used, stubs.rendered)
    tell_visits(loaded, idle)
    if record:
        rows: list[dict[str, object]] = [
            {"what": "hours of the day", "value": round(hours, 1)},
            {"what": "times the speed", "value": speed},
            {"what": "videos", "value": len(requests)},
            {"what": "scenes", "value": scenes},
            *({"what": each, "value": once[each,]} for each in OUTCOMES),
            {"what": "without an outcome, or with two", "value": lost_or_doubled},
            {"what": "messages left", "value": left},
            {"what": "orphans", "value": len(orphans)},
            {"what": "deliveries a render", "value": round(deliveries / stubs.rendered, 1)},
            *(
                {"what": f"{kind}: p95, ms", "value": round(p95), "beside": f"{idle[kind]:.0f} idle"}
                for kind, p95 in loaded.items()
            ),
            *(
                {"what": f"{name}: MB, first third", "value": round(first), "beside": f"{last:.0f} in the last third"}
                for name, (first, last) in visitors.find_thirds().items()
            ),
        ]
        record_figures("whole_day", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speed", type=float, default=240.0)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    asyncio.run(measure(options.speed, options.slots, options.seed, record=options.record))


if __name__ == "__main__":
    main()
