"""A thousand videos at once, and a gateway that goes on answering: `python bench/load.py [--videos 1000] [--slots 8]`.

Stub stages of known duration run in the real worker loop on a real nats-server, for several owners and both lanes,
beside a real gateway process. Told are: how long rendering took against the ideal of the slots; where each owner's
videos ended in the order of all; deliveries for each job; memory and CPU of each process; and how long creating,
listing and opening a stream took meanwhile, beside the same of the idle gateway before. A busy machine makes all of it
worse, but for memory and CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path

import httpx
from gateway_process import GatewayProcess, find_server, read_cpu, read_memory, run_gateway
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import LANES, Brief, VideoOptions
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.worker import Connections, Job, Settings, Stage, configure_logs, connect_nats, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

OWNERS = 5
IDLE_LOOKS = 20  # requests of each kind before there is any load
OPTIONS = VideoOptions(quality="draft")
MADE = {"script_key": "s", "options": OPTIONS}
NARRATION = e.NarrationRef(key="n", audio_key="n", seconds=15.0, beats=1)


class StubStages:
    """Stages that only take time: rendering so many seconds a scene, the others a tenth of that."""

    def __init__(self, scenes: int, seconds: float, videos: Collection[str]) -> None:
        self._scenes, self._seconds, self._videos = scenes, seconds, videos
        self.ended: list[str] = []
        self.first_render = self.last_render = 0.0
        self.rendered = 0

    def count_scenes(self, video_id: str) -> int:
        """How many scenes a video has."""
        return self._scenes

    def find_seconds(self, stage: str, event: e.AnyEvent) -> float:
        """How long a stage works on what an event asks for."""
        return self._seconds if stage == "renderer" else self._seconds / 10

    async def write(self, event: e.VideoRequested, job: Job[None]) -> list[e.AnyEvent]:
        """A script, and its scenes planned."""
        await asyncio.sleep(self.find_seconds("scripter", event))
        scenes = self.count_scenes(event.video_id)
        titles = tuple(e.SceneTitle(title="t", words=30) for _ in range(scenes))
        planned = [job.answer(e.ScenePlanned, scene=number, **MADE) for number in range(1, scenes + 1)]
        return [job.answer(e.VideoScripted, title="t", scenes=titles, **MADE), *planned]

    async def speak(self, event: e.ScenePlanned, job: Job[None]) -> e.AnyEvent:
        """A narration."""
        await asyncio.sleep(self.find_seconds("voice", event))
        return job.answer(e.SceneNarrated, narration=NARRATION)

    async def code(self, event: e.SceneNarrated, job: Job[None]) -> e.AnyEvent:
        """A code."""
        await asyncio.sleep(self.find_seconds("coder", event))
        return job.answer(e.SceneCoded, code=e.CodeRef(key="c", origin="template"))

    async def render(self, event: e.SceneCoded, job: Job[None]) -> e.AnyEvent:
        """Footage, once its time has passed."""
        self.first_render = self.first_render or time.perf_counter()
        await asyncio.sleep(self.find_seconds("renderer", event))
        self.last_render = time.perf_counter()
        self.rendered += 1
        return job.answer(e.SceneRendered, footage=e.FootageRef(key="f", frames=1, fps=15))

    async def compose(self, event: e.SceneRendered, job: Job[None]) -> None:
        """The end, with the last scene."""
        if job.log.state.final_events() is None:
            return
        await asyncio.sleep(self.find_seconds("composer", event))
        completed = job.answer(e.VideoCompleted, seconds=15.0, frames=1, outputs=())
        known = event.video_id in self._videos and event.video_id not in self.ended
        if await job.record_outcome(completed) and known:
            self.ended.append(event.video_id)

    def build(self, slots: int) -> list[Stage]:
        """The stages: the renderer has these slots, the others far more than they need."""
        stages = []
        for name, kind, handler, places in (
            ("scripter", e.VideoRequested, self.write, 4 * slots),
            ("voice", e.ScenePlanned, self.speak, 4 * slots),
            ("coder", e.SceneNarrated, self.code, 4 * slots),
            ("renderer", e.SceneCoded, self.render, slots),
            ("composer", e.SceneRendered, self.compose, 4 * slots),
        ):
            stage = Stage(name, fails="video" if name in ("scripter", "composer") else "scene", turns=take_turns)
            stage.on(kind, slots=places)(handler)  # type: ignore[arg-type]
            stages.append(stage)
        return stages


class Visitors:
    """Requests that a person's browser makes, timed by kind. What they create is cancelled at once."""

    def __init__(self, gateway: GatewayProcess) -> None:
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", timeout=60, trust_env=False)
        self.processes = {"gateway": gateway.pid, "nats-server": find_server(), "workers and this": os.getpid()}
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.memory: dict[str, list[int]] = defaultdict(list)
        self.refused = 0
        self._before: dict[str, float] = {}

    async def visit(self) -> None:
        """One of each request. What a gateway on a machine that is far too busy refuses, or drops, is counted."""
        try:
            await self._ask_once()
        except httpx.HTTPError:
            self.refused += 1
        for name, pid in self.processes.items():
            self.memory[name].append(read_memory(pid))

    async def _ask_once(self) -> None:
        created = await self._time("create", lambda: self._http.post("/v1/videos", json={"topic": f"{uuid.uuid4()}"}))
        video = created.json()["id"]
        await self._time("list", lambda: self._http.get("/v1/videos"))
        began = time.perf_counter()
        async with self._http.stream("GET", f"/v1/videos/{video}/events") as stream:
            async for _ in stream.aiter_bytes():
                break
        self.seconds["stream"].append(time.perf_counter() - began)
        await self._http.post(f"/v1/videos/{video}/cancel")

    async def _time(self, kind: str, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        began = time.perf_counter()
        response = (await ask()).raise_for_status()
        self.seconds[kind].append(time.perf_counter() - began)
        return response

    def take(self) -> dict[str, float]:
        """The 95th percentile of each kind in milliseconds, of what was asked since the last time."""
        found = {kind: sorted(times)[int(len(times) * 0.95)] * 1000 for kind, times in self.seconds.items()}
        self.seconds.clear()
        return found

    def begin(self) -> None:
        """Begins to count what processes use."""
        self.memory.clear()
        self._before = {name: read_cpu(pid) for name, pid in self.processes.items()}

    def end(self) -> dict[str, float]:
        """CPU seconds of each process since."""
        return {name: read_cpu(pid) - self._before[name] for name, pid in self.processes.items()}

    def find_thirds(self) -> dict[str, tuple[float, float]]:
        """Each process's megabytes of memory: the means of the first third of the time, and of the last."""
        found = {}
        for name, memory in self.memory.items():
            third = max(1, len(memory) // 3)
            found[name] = statistics.mean(memory[:third]) / 1e6, statistics.mean(memory[-third:]) / 1e6
        return found

    async def close(self) -> None:
        """Closes connections."""
        await self._http.aclose()


async def queue(connections: Connections, videos: int) -> dict[str, tuple[str, str]]:
    """Queues videos, an owner's after another's; returns the owner and lane of each."""
    found: dict[str, tuple[str, str]] = {}
    requests = []
    for number in range(videos):
        owner, lane = f"owner-{number * OWNERS // videos}", LANES[number % 2]
        video = new_id()
        found[video] = (owner, lane)
        requests.append(
            e.VideoRequested(video_id=video, owner=owner, lane=lane, brief=Brief(topic="Tides"), options=OPTIONS)
        )
    for start in range(0, videos, 100):
        await asyncio.gather(*map(connections.event_log.publish, requests[start : start + 100]))
    return found


async def count_ends(nats: Client, videos: Collection[str]) -> int:
    """How many of the videos are completed, as the log has it: a stage may not hear of what it has stored."""
    info = await nats.jetstream(timeout=60).stream_info(VIDEOS, subjects_filter="videos.*.*.completed")
    return sum(subject.split(".")[2] in videos for subject in info.state.subjects or {})


async def count_deliveries(nats: Client) -> int:
    """How many messages renderers were given, those that they put aside included."""
    found = 0
    for lane in LANES:
        info = await nats.jetstream().consumer_info(VIDEOS, consumer_name("renderer", lane))
        found += info.delivered.consumer_seq if info.delivered else 0
    return found


def tell(visitors: Visitors, used: Mapping[str, float], rendered: int) -> None:
    """Prints what each process used."""
    if visitors.refused:
        print(f"{visitors.refused} visits ended in a refusal or without an answer")
    for name, (first, last) in visitors.find_thirds().items():
        print(
            f"{name}: {first:.0f} MB in the first third of the time, {last:.0f} in the last;"
            f" {used[name]:.1f} s of CPU, {used[name] / rendered * 1000:.1f} ms a scene"
        )


def tell_visits(loaded: Mapping[str, float], idle: Mapping[str, float]) -> None:
    """Prints how long requests took."""
    for kind, p95 in loaded.items():
        print(f"{kind:<8} p95 {p95:.0f} ms, idle {idle[kind]:.0f} ms: {p95 / idle[kind]:.1f} times")


async def measure(videos: int, scenes: int, seconds: float, slots: int) -> None:
    """Runs everything and prints the figures."""
    with run_gateway() as gateway:
        visitors = Visitors(gateway)
        for _ in range(IDLE_LOOKS):
            await visitors.visit()
        idle = visitors.take()
        nats = await connect_nats(gateway.nats_url, "bench")
        connections = Connections.over(nats, MemoryObjectStore())
        places = await queue(connections, videos)
        stubs, stop = StubStages(scenes, seconds, places), asyncio.Event()
        visitors.begin()
        loops = [StageLoop(each, connections, None, Settings()).run(stop) for each in stubs.build(slots)]
        running = [asyncio.create_task(each) for each in loops]
        while await count_ends(nats, places) < videos:
            await visitors.visit()
            await asyncio.sleep(0.2)
        loaded = visitors.take()
        used = visitors.end()
        deliveries = await count_deliveries(nats)
        stop.set()
        await asyncio.gather(*running)
        await visitors.close()
        await nats.close()
    ideal, took = videos * scenes * seconds / slots, stubs.last_render - stubs.first_render
    print(f"{videos} videos of {scenes} scenes, {slots} slots of {seconds} s; load {os.getloadavg()[0]:.0f}")
    print(
        f"rendered in {took:.1f} s, ideally {ideal:.1f} s: {ideal / took:.0%};"
        f" {deliveries / stubs.rendered:.2f} deliveries a job"
    )
    ranks: dict[str, list[int]] = defaultdict(list)
    for rank, video in enumerate(stubs.ended):
        for party in places[video]:
            ranks[party].append(rank)
    means = {party: statistics.mean(found) / videos for party, found in sorted(ranks.items())}
    print("mean place at the end, of 1: " + ", ".join(f"{party} {mean:.2f}" for party, mean in means.items()))
    tell(visitors, used, stubs.rendered)
    tell_visits(loaded, idle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=1000)
    parser.add_argument("--scenes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--slots", type=int, default=8)
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    asyncio.run(measure(options.videos, options.scenes, options.seconds, options.slots))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
