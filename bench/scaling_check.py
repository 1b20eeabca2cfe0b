"""Holds the model of scaling against the real worker loop on a real nats-server, for the same minutes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter

import msgspec
from autoscaling import SYNC, Autoscaler, Scaling
from day_of_videos import Request, draw_request
from gateway_process import run_nats
from nats.aio.client import Client
from scaling_model import Outcome, PodTimes, run_day

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import LANES, VideoOptions
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.worker import Connections, Job, Settings, Stage, apply_topology, configure_logs, connect_nats, take_turns
from lectern.worker.loop import StageLoop
from lectern.worker.testing import MemoryObjectStore

MINUTES, VIDEOS_AN_HOUR, PACE = 20, 60, 12.0
NARRATION = e.NarrationRef(key="n", audio_key="n", seconds=15.0, beats=1)
# One pod of each stage before, so that what is compared is the renderers' scaling.
ONE = {stage: Scaling(weights={stage: 1.0}, fixed=1) for stage in ("scripter", "voice", "coder", "composer")}
MANY_SLOTS = {"scripter": 100, "voice": 100, "coder": 40, "renderer": 1, "composer": 100}


def make_minutes(seed: int) -> list[Request]:
    """The requests of some busy minutes."""
    rng, at, requests = random.Random(seed), 0.0, list[Request]()
    while (at := at + rng.expovariate(VIDEOS_AN_HOUR / 3600)) < MINUTES * 60:
        requests.append(draw_request(rng, len(requests), at, f"owner-{rng.randrange(5)}", "fast"))
    return requests


class RealRenderers:
    """Renderers in modelled pods: each is a worker loop with a connection of its own, which starts when it is ready."""

    def __init__(self, url: str, scaling: Scaling, times: PodTimes, seconds: dict[tuple[str, int], float]) -> None:
        self.autoscaler = Autoscaler(scaling)
        self.pod_seconds = self.busy_seconds = 0.0
        self.begun: dict[tuple[str, int], float] = {}
        self.ended: dict[tuple[str, int], float] = {}
        self.handed_back = self.started = self.most = 0
        self.runs: Counter[tuple[str, int]] = Counter()
        self._url, self._times, self._seconds = url, times, seconds
        self._rng = random.Random("check renderer")
        self._pods: dict[asyncio.Event, asyncio.Task[None]] = {}
        self._ready: set[asyncio.Event] = set()
        self.all_ended = asyncio.Event()

    async def render(self, event: e.SceneCoded, job: Job[None]) -> e.SceneRendered:
        """Takes as long as the scene's render, at our pace."""
        scene, began = (event.video_id, event.scene), time.monotonic()
        self.begun.setdefault(scene, began)
        self.runs[scene] += 1
        try:
            await asyncio.sleep(self._seconds[scene] / PACE)
        except asyncio.CancelledError:
            self.handed_back += 1
            raise
        finally:
            self.busy_seconds += (time.monotonic() - began) * PACE
        self.ended[scene] = time.monotonic()
        if len(self.ended) == len(self._seconds):
            self.all_ended.set()
        return job.answer(e.SceneRendered, footage=e.FootageRef(key="f", frames=1, fps=15))

    async def _run_pod(self, stop: asyncio.Event) -> None:
        began = time.monotonic()
        stage = Stage("renderer", turns=take_turns)
        stage.on(e.SceneCoded, slots=1)(self.render)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._times.draw(self._rng) / PACE):
                    await stop.wait()
                return
            self._ready.add(stop)
            nats = await connect_nats(self._url, "pod")
            settings = Settings(grace_seconds=self._times.grace / PACE)
            await StageLoop(stage, Connections.over(nats, MemoryObjectStore()), None, settings).run(stop)
            await nats.close()
        finally:
            self.pod_seconds += (time.monotonic() - began) * PACE
            self._ready.discard(stop)

    def scale(self, replicas: int) -> None:
        """Starts or stops pods."""
        staying = [stop for stop in self._pods if not stop.is_set()]
        for _ in range(replicas - len(staying)):
            stop = asyncio.Event()
            task = asyncio.create_task(self._run_pod(stop))
            self._pods[stop] = task
            task.add_done_callback(lambda _, stop=stop: self._pods.pop(stop, None))  # type: ignore[misc]
            self.started += 1
        self.most = max(self.most, len(self._pods))
        self._rng.shuffle(staying)
        staying.sort(key=lambda stop: stop in self._ready)
        for stop in staying[: len(staying) - replicas]:
            stop.set()

    @property
    def is_up(self) -> bool:
        """True if a pod answers requests."""
        return any(not stop.is_set() for stop in self._ready)

    async def close(self) -> None:
        """Stops all."""
        tasks = list(self._pods.values())
        self.scale(0)
        await asyncio.gather(*tasks)


async def measure_lags(nats: Client, stages: tuple[str, ...]) -> dict[str, float]:
    """The lag of each stage, lanes added, as the server has it."""
    js = nats.jetstream()
    infos = {stage: [await js.consumer_info(VIDEOS, consumer_name(stage, lane)) for lane in LANES] for stage in stages}
    return {
        stage: float(sum((i.num_pending or 0) + (i.num_ack_pending or 0) for i in found))
        for stage, found in infos.items()
    }


async def run_real(url: str, requests: list[Request], scaling: Scaling, times: PodTimes) -> Outcome:
    """Runs the requests through real coder and renderer loops; scripts and voices are pauses before."""
    nats = await connect_nats(url, "check")
    await apply_topology(nats)
    connections = Connections.over(nats, MemoryObjectStore())
    ids = {request.number: new_id() for request in requests}
    seconds = {(ids[r.number], n): scene["renderer"] for r in requests for n, scene in enumerate(r.scenes, 1)}
    codes = {(ids[r.number], n): scene["coder"] for r in requests for n, scene in enumerate(r.scenes, 1)}
    renderers = RealRenderers(url, scaling, times, seconds)
    coded: dict[tuple[str, int], float] = {}
    blocked = 0.0
    coder, stop = Stage("coder", turns=take_turns), asyncio.Event()

    @coder.on(e.SceneNarrated, slots=MANY_SLOTS["coder"])
    async def code(event: e.SceneNarrated, job: Job[None]) -> e.SceneCoded:
        nonlocal blocked
        await asyncio.sleep(codes[event.video_id, event.scene] / PACE)
        while not renderers.is_up:
            blocked += 1.0
            await asyncio.sleep(1.0 / PACE)
        coded[event.video_id, event.scene] = time.monotonic()
        return job.answer(e.SceneCoded, code=e.CodeRef(key="c", origin="model"))

    started = time.monotonic()

    async def ask(request: Request) -> None:
        await asyncio.sleep((request.at + request.script) / PACE)

        async def speak(number: int, scene: dict[str, float]) -> None:
            await asyncio.sleep(scene["voice"] / PACE)
            event = e.SceneNarrated(
                video_id=ids[request.number],
                owner=request.owner,
                scene=number,
                script_key="s",
                options=VideoOptions(),
                narration=NARRATION,
            )
            await connections.event_log.publish(event)

        await asyncio.gather(*(speak(number, scene) for number, scene in enumerate(request.scenes, 1)))

    async def control() -> None:
        polled = synced = 0.0
        while True:
            now = (time.monotonic() - started) * PACE
            if now >= polled:
                signal = scaling.measure(await measure_lags(nats, tuple(scaling.weights)))
                renderers.scale(renderers.autoscaler.poll(now, signal))
                polled += scaling.polling
            if now >= synced:
                signal = scaling.measure(await measure_lags(nats, tuple(scaling.weights)))
                renderers.scale(renderers.autoscaler.sync(now, signal))
                synced += SYNC
            await asyncio.sleep(max(0.0, (min(polled, synced) - now) / PACE))

    controlling = asyncio.create_task(control())
    coding = asyncio.create_task(StageLoop(coder, connections, None, Settings()).run(stop))
    await asyncio.gather(*map(ask, requests))
    await renderers.all_ended.wait()
    controlling.cancel()
    await renderers.close()
    stop.set()
    await coding
    await nats.close()
    firsts = [
        (min(renderers.ended[ids[r.number], n] for n in range(1, len(r.scenes) + 1)) - started) * PACE - r.at
        for r in requests
    ]
    twice = sum(count - 1 for count in renderers.runs.values())
    assert twice == renderers.handed_back, "a scene was rendered twice that nobody had handed back"
    return Outcome(
        waits={"fast": [(renderers.begun[scene] - at) * PACE for scene, at in coded.items()], "bulk": []},
        firsts=firsts,
        cold=[],
        videos=[],
        pod_seconds={"renderer": renderers.pod_seconds},
        busy_seconds={"renderer": renderers.busy_seconds},
        handed_back=renderers.handed_back,
        pods_started=renderers.started,
        most_pods=renderers.most,
        blocked=blocked,
        unfinished=0,
    )


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A policy and what became of it in the model and in the real loop."""

    policy: str
    scaling: Scaling
    times: PodTimes = PodTimes()


def run_model(requests: list[Request], check: Check) -> Outcome:
    """The same minutes in the model, until the last video is finished."""
    return run_day(requests, {**ONE, "renderer": check.scaling}, MANY_SLOTS, check.times, until=0.0)


async def run_check(requests: list[Request], check: Check) -> Outcome:
    """The same minutes in the real loop."""
    configure_logs("json", "CRITICAL")
    with run_nats() as url:
        return await run_real(url, requests, check.scaling, check.times)
