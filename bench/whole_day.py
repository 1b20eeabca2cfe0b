"""A whole day's videos in minutes: `python bench/whole_day.py [--speed 240] [--slots 4]`.

The bursty day of `day_of_videos.py`, whose durations and pauses are divided by the speed, through the real worker loop
on a real nats-server, beside a real gateway that visitors ask. Told are how long videos took, by lane; whether each had
its one outcome and nothing was left to do; and what each process used, early in the day and late.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping

from day_of_videos import Request, make_day
from gateway_process import run_gateway
from load import OPTIONS, StubStages, Visitors, count_deliveries, count_ends, tell, tell_visits

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import LANES, Brief
from lectern.contracts.topology import STAGE_INPUTS, VIDEOS, consumer_name
from lectern.worker import Connections, Job, Settings, configure_logs, connect_nats
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

VISIT_EVERY = 1.0  # seconds


class DayStages(StubStages):
    """Stages that take as long as a day's requests say, divided by the speed."""

    def __init__(self, requests: Mapping[str, Request], speed: float) -> None:
        super().__init__(0, 0.0, requests)
        self._requests, self._speed = requests, speed
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

    async def compose(self, event: e.SceneRendered, job: Job[None]) -> None:
        """The end, with the last scene."""
        before = len(self.ended)
        await super().compose(event, job)
        if len(self.ended) > before and event.video_id in self.asked:
            seconds = (time.perf_counter() - self.asked[event.video_id]) * self._speed
            self.took[self._requests[event.video_id].lane].append(seconds)


async def ask(connections: Connections, stubs: DayStages, requests: Mapping[str, Request], speed: float) -> None:
    """Asks for each video when its time has come."""
    began = time.perf_counter()
    for video, request in requests.items():
        await asyncio.sleep(max(0.0, request.at / speed - (time.perf_counter() - began)))
        stubs.asked[video] = time.perf_counter()
        brief = Brief(topic="Tides")
        await connections.event_log.publish(
            e.VideoRequested(video_id=video, owner=request.owner, lane=request.lane, brief=brief, options=OPTIONS)
        )


async def measure(speed: float, slots: int, seed: int) -> None:
    """Lives through the day and prints the figures."""
    requests = {new_id(): request for request in make_day(seed)}
    with run_gateway() as gateway:
        visitors = Visitors(gateway)
        for _ in range(20):
            await visitors.visit()
        idle = visitors.take()
        nats = await connect_nats(gateway.nats_url, "bench")
        connections = Connections.over(nats, MemoryObjectStore())
        stubs, stop = DayStages(requests, speed), asyncio.Event()
        visitors.begin()
        loops = [StageLoop(each, connections, None, Settings()).run(stop) for each in stubs.build(slots)]
        running = [asyncio.create_task(each) for each in loops]
        began = time.perf_counter()
        asking = asyncio.create_task(ask(connections, stubs, requests, speed))
        while await count_ends(nats, requests) < len(requests):
            await visitors.visit()
            await asyncio.sleep(VISIT_EVERY)
        await asking
        hours = (time.perf_counter() - began) * speed / 3600
        loaded, used, deliveries = visitors.take(), visitors.end(), await count_deliveries(nats)
        ends = (await nats.jetstream().stream_info(VIDEOS, subjects_filter="videos.*.*.completed")).state.subjects or {}
        counts = [ends.get(f"videos.{request.lane}.{video}.completed", 0) for video, request in requests.items()]
        left = 0
        for stage in STAGE_INPUTS:
            for lane in LANES:
                info = await nats.jetstream().consumer_info(VIDEOS, consumer_name(stage, lane))
                left += (info.num_pending or 0) + (info.num_ack_pending or 0)
        stop.set()
        await asyncio.gather(*running)
        await visitors.close()
        await nats.close()
    scenes, once = sum(len(request.scenes) for request in requests.values()), counts.count(1)
    print(
        f"{len(requests)} videos, {scenes} scenes in {hours:.1f} h at {speed:g} times the speed;"
        f" load {os.getloadavg()[0]:.0f}; {once} ended once, {len(counts) - once} otherwise; {left} messages left;"
        f" {stubs.rendered} renders, {deliveries / stubs.rendered:.1f} deliveries each"
    )
    for lane, took in stubs.took.items():
        tenths = statistics.quantiles(took, n=20)
        print(f"{lane}: median {tenths[9] / 60:.0f} min of the day, 95th percentile {tenths[18] / 60:.0f} min")
    tell(visitors, used, stubs.rendered)
    tell_visits(loaded, idle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speed", type=float, default=240.0)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    asyncio.run(measure(options.speed, options.slots, options.seed))


if __name__ == "__main__":
    main()
