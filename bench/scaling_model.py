"""A discrete-event model of the pipeline on pods that come and go: slots, owners' turns, drains, handed-back jobs.

Turns are taken by the real `WaitingList`, on the model's clock, with one ledger a stage (each replica has its own in
truth). What is not modelled: the event log's own times, retries, failures, nodes of different speed.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
from autoscaling import SYNC, Autoscaler, Scaling
from day_of_videos import STAGES, Request

from lectern.contracts.options import LANES
from lectern.contracts.parties import Party
from lectern.worker.turns import ServiceLedger, WaitingList


class PodTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds until a pod is ready: `start` on a node that has room and the image, `node` more for a share of them.

    `grace` is what a job gets to finish when its pod is stopped.
    """

    start: tuple[float, float] = (8.0, 14.0)
    node: tuple[float, float] = (60.0, 120.0)
    node_share: float = 0.25
    grace: float = 240.0

    def draw(self, rng: random.Random) -> float:
        """The seconds of one pod."""
        return rng.uniform(*self.start) + (rng.uniform(*self.node) if rng.random() < self.node_share else 0.0)


class Job(msgspec.Struct, eq=False):
    """One job; `done` is called when it is. `began` is when it began for the last time."""

    party: Party
    lane: str
    seconds: float
    done: Callable[[], None]
    queued: float
    began: float | None = None
    first_began: float | None = None


class Pod(msgspec.Struct, eq=False):
    """A pod from the moment it is asked for."""

    created: float
    ready: bool = False
    stopping: bool = False
    running: list[Job] = msgspec.field(default_factory=list)


class Clock:
    """Simulated time and what is to happen."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Has something happen."""
        heapq.heappush(self._events, (when, next(self._count), act))

    def run(self, until: Callable[[], bool]) -> None:
        """Lets time pass until the condition holds."""
        while self._events and not until():
            self.now, _, act = heapq.heappop(self._events)
            act()


class StagePods:
    """One stage: its jobs, its pods and their cost."""

    def __init__(self, name: str, slots: int, scaling: Scaling, times: PodTimes, clock: Clock, seed: int) -> None:
        self.name, self.slots, self.times, self.clock = name, slots, times, clock
        self.autoscaler = Autoscaler(scaling)
        self.pods: list[Pod] = []
        self.pod_seconds = self.busy_seconds = 0.0
        self.handed_back = self.started = self.most = 0
        self.wait_for_pod: list[Callable[[], None]] = []  # called when a pod is ready
        self._rng = random.Random(f"{seed} {name}")
        ledger = ServiceLedger(clock=lambda: clock.now)
        self._ledger = ledger
        self._waiting: dict[str, WaitingList[Job]] = {lane: WaitingList(ledger, capacity=10**9) for lane in LANES}
        for _ in range(self.autoscaler.replicas):
            self._add_pod(0.0)

    @property
    def lag(self) -> int:
        """Jobs that wait or run, as the server counts them."""
        return sum(map(len, self._waiting.values())) + sum(len(pod.running) for pod in self.pods)

    @property
    def is_up(self) -> bool:
        """True if a pod answers requests."""
        return any(pod.ready and not pod.stopping for pod in self.pods)

    def enqueue(self, job: Job) -> None:
        """Adds a job."""
        self._waiting[job.lane].add(job.party, job)
        self._dispatch()

    def scale(self, replicas: int) -> None:
        """Starts pods, or stops some: those first that are not ready yet, then any of the others."""
        staying = [pod for pod in self.pods if not pod.stopping]
        for _ in range(replicas - len(staying)):
            self._add_pod(self.times.draw(self._rng))
        self._rng.shuffle(staying)
        staying.sort(key=lambda pod: pod.ready)
        for pod in staying[: len(staying) - replicas]:
            self._stop(pod)

    def _add_pod(self, seconds: float) -> None:
        pod = Pod(self.clock.now)
        self.pods.append(pod)
        self.started += 1
        self.most = max(self.most, len(self.pods))

        def get_ready() -> None:
            if pod not in self.pods:
                return
            pod.ready = True
            calls, self.wait_for_pod = self.wait_for_pod, []
            for call in calls:
                call()
            self._dispatch()

        self.clock.at(self.clock.now + seconds, get_ready)

    def _stop(self, pod: Pod) -> None:
        pod.stopping = True
        if not pod.running:
            self._remove(pod)
            return
        self.clock.at(self.clock.now + self.times.grace, lambda: self._hand_back(pod))

    def _hand_back(self, pod: Pod) -> None:
        for job in pod.running:
            self.handed_back += 1
            self._finish(job)
            job.began = None
            self._waiting[job.lane].add(job.party, job)
        pod.running.clear()
        if pod in self.pods:
            self._remove(pod)
        self._dispatch()

    def _remove(self, pod: Pod) -> None:
        self.pods.remove(pod)
        self.pod_seconds += self.clock.now - pod.created

    def _dispatch(self) -> None:
        free = [
            pod for pod in self.pods if pod.ready and not pod.stopping for _ in range(self.slots - len(pod.running))
        ]
        for pod in free:
            job = next((picked[1] for lane in LANES if (picked := self._waiting[lane].pick())), None)
            if job is None:
                return
            job.began = self.clock.now
            job.first_began = job.first_began or job.began
            pod.running.append(job)
            self.clock.at(
                self.clock.now + job.seconds, lambda pod=pod, job=job, began=job.began: self._end(pod, job, began)
            )  # type: ignore[misc]

    def _end(self, pod: Pod, job: Job, began: float) -> None:
        if job.began != began or job not in pod.running:  # it was handed back
            return
        pod.running.remove(job)
        self._finish(job)
        job.done()
        if pod.stopping and not pod.running and pod in self.pods:
            self._remove(pod)
        self._dispatch()

    def _finish(self, job: Job) -> None:
        assert job.began is not None
        self.busy_seconds += self.clock.now - job.began
        self._ledger.finish(job.party, self.clock.now - job.began)

    def close(self) -> None:
        """Counts the pods that are still there."""
        for pod in list(self.pods):
            self._remove(pod)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a day was like. Seconds; `waits` are those of scenes whose code is there for a renderer to begin.

    `blocked` are seconds that coders waited for any renderer to check their code. `firsts` are from request to the
    first rendered scene, of the fast lane; `videos` to the finished video; `cold` the firsts of videos that met no pod.
    """

    waits: dict[str, list[float]]
    firsts: list[float]
    cold: list[float]
    videos: list[float]
    pod_seconds: dict[str, float]
    busy_seconds: dict[str, float]
    handed_back: int
    pods_started: int
    most_pods: int
    blocked: float
    unfinished: int


def run_day(
    requests: Sequence[Request],
    scalings: dict[str, Scaling],
    slots: dict[str, int],
    times: PodTimes,
    *,
    seed: int = 1,
    until: float = 86_400.0,
) -> Outcome:
    """Runs the requests to their end, but at least until `until`, and at most for a day longer."""
    clock = Clock()
    stages = {name: StagePods(name, slots[name], scalings[name], times, clock, seed) for name in STAGES}
    waits: dict[str, list[float]] = {lane: [] for lane in LANES}
    firsts, cold, videos = list[float](), list[float](), list[float]()
    counts: Counter[str] = Counter()

    def begin(request: Request) -> None:
        party = Party(request.owner, str(request.number))
        met_none = not stages["renderer"].is_up
        left = len(request.scenes)

        def queue(stage: str, seconds: float, done: Callable[[Job], None]) -> None:
            job = Job(party, request.lane, seconds, lambda: done(job), clock.now)
            stages[stage].enqueue(job)

        def speak(_: Job) -> None:
            for scene in request.scenes:
                queue(
                    "voice",
                    scene["voice"],
                    lambda _, scene=scene: queue("coder", scene["coder"], lambda _: check(scene)),
                )  # type: ignore[misc]

        def check(scene: dict[str, float]) -> None:
            if not stages["renderer"].is_up:
                since, renderers = clock.now, stages["renderer"]

                def go_on() -> None:
                    blocked.append(clock.now - since)
                    counts["waiting"] -= 1
                    check(scene)

                counts["waiting"] += 1
                renderers.wait_for_pod.append(go_on)
                return
            queue("renderer", scene["renderer"], rendered)

        def rendered(job: Job) -> None:
            nonlocal left
            assert job.first_began is not None
            waits[request.lane].append(job.first_began - job.queued)
            if left == len(request.scenes) and request.lane == "fast":
                firsts.append(clock.now - request.at)
                if met_none:
                    cold.append(clock.now - request.at)
            left -= 1
            if not left:
                queue("composer", request.composing, finish)

        def finish(_: Job) -> None:
            videos.append(clock.now - request.at)
            counts["finished"] += 1

        queue("scripter", request.script, speak)

    blocked = list[float]()

    def lags() -> dict[str, float]:
        found = {name: float(stage.lag) for name, stage in stages.items()}
        found["coder"] += counts["waiting"]  # their coders still have them
        return found

    def poll(stage: StagePods, interval: float, step: Callable[[Autoscaler, float, float], int]) -> None:
        signal = stage.autoscaler.scaling.measure(lags())
        stage.scale(step(stage.autoscaler, clock.now, signal))
        clock.at(clock.now + interval, lambda: poll(stage, interval, step))

    for stage in stages.values():
        poll(stage, stage.autoscaler.scaling.polling, Autoscaler.poll)
        poll(stage, SYNC, Autoscaler.sync)
    for request in requests:
        clock.at(request.at, lambda request=request: begin(request))  # type: ignore[misc]
    clock.run(lambda: clock.now >= until and (counts["finished"] == len(requests) or clock.now >= until + 86_400.0))
    for stage in stages.values():
        stage.close()
    renderers = stages["renderer"]
    return Outcome(
        waits=waits,
        firsts=firsts,
        cold=cold,
        videos=videos,
        pod_seconds={name: stage.pod_seconds for name, stage in stages.items()},
        busy_seconds={name: stage.busy_seconds for name, stage in stages.items()},
        handed_back=renderers.handed_back,
        pods_started=renderers.started,
        most_pods=renderers.most,
        blocked=sum(blocked),
        unfinished=len(requests) - counts["finished"],
    )
