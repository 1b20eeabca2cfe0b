"""The pull loop: takes a slot, then fetches one message for it, keeps it alive, publishes the answer, acks last."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import msgspec
import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors
from opentelemetry import trace

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.options import LANES
from lectern.contracts.problems import Problem
from lectern.contracts.state import VideoState
from lectern.contracts.topology import ACK_WAIT, ATTEMPTS, VIDEOS, consumer_name
from lectern.contracts.usage import Usage
from lectern.worker.connections import Connections
from lectern.worker.dead_letters import bury
from lectern.worker.failures import Permanent, Transient, retry_delay
from lectern.worker.job import Job
from lectern.worker.settings import Settings
from lectern.worker.stage import Answer, Stage
from lectern.worker.telemetry import span

HEARTBEAT = ACK_WAIT / 3
PULL_WAIT = (
    1.0  # seconds a pull lingers: short enough that stopping never has to cut one off, which would lose a message
)
BULK_WAIT = 0.05


class Ended(Enum):
    """Why a running handler was told to stop."""

    CANCELLED = auto()  # by the user: the message is done with
    SHUTDOWN = auto()  # of this process: somebody else takes the message at once


class Running(msgspec.Struct, kw_only=True, eq=False):
    """A delivery being handled."""

    task: asyncio.Task[None]
    event: e.AnyEvent
    ended: Ended | None = None


class StageLoop:
    """Runs one stage's handlers against its two consumers until told to stop."""

    def __init__(self, stage: Stage, connections: Connections, adapters: Any, settings: Settings) -> None:
        self._stage = stage
        self._connections = connections
        self._adapters = adapters
        self._settings = settings
        self._event_log = connections.event_log()
        self._slots = settings.slots or stage.slots
        self._free = asyncio.Semaphore(self._slots)
        self._running: dict[str, Running] = {}
        self._log = structlog.get_logger("lectern.worker").bind(stage=stage.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then lets running jobs finish within the grace period and hands the rest back."""
        self._connections.metrics.slots.labels(self._stage.name).inc(self._slots)
        cancellations = await self._connections.nats.subscribe(subjects.CANCEL, cb=self._on_cancel)
        js = self._connections.nats.jetstream(timeout=5)
        lanes = [await js.pull_subscribe_bind(consumer_name(self._stage.name, lane), VIDEOS) for lane in LANES]
        try:
            while not stop.is_set():
                await self._take_one(lanes, stop)
        finally:
            await self._hand_back_unstarted(lanes)
            await self._drain()
            with contextlib.suppress(nats.errors.Error):
                await cancellations.unsubscribe()
            self._connections.metrics.slots.labels(self._stage.name).dec(self._slots)

    async def _take_one(self, lanes: Sequence[JetStreamContext.PullSubscription], stop: asyncio.Event) -> None:
        if not await _acquired(self._free, stop):
            return
        try:
            message = await self._next(lanes, stop)
        except BaseException:
            self._free.release()
            raise
        if message is None:
            self._free.release()
            return
        task = asyncio.create_task(self._deliver(message), name=f"{self._stage.name}:{message.subject}")
        task.add_done_callback(lambda _: self._free.release())

    async def _next(self, lanes: Sequence[JetStreamContext.PullSubscription], stop: asyncio.Event) -> Msg | None:
        for lane, wait in zip(lanes, (PULL_WAIT, BULK_WAIT), strict=True):
            try:
                return (await lane.fetch(1, timeout=wait))[0]
            except (nats.errors.TimeoutError, TimeoutError):
                continue
            except (nats.errors.Error, js_errors.Error, ConnectionError) as error:
                self._log.warning("cannot fetch", action="fetch-failed", error=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1.0)
        return None

    async def _hand_back_unstarted(self, lanes: Sequence[JetStreamContext.PullSubscription]) -> None:
        """A message that came in just as its pull expired lies in the client's queue: it goes back at once."""
        for lane in lanes:
            with contextlib.suppress(nats.errors.Error, js_errors.Error, TimeoutError):
                while lane.pending_msgs:
                    for message in await lane.fetch(1, timeout=0.1):
                        await message.nak()
                await lane.unsubscribe()

    async def _drain(self) -> None:
        waiting = [running.task for running in self._running.values()]
        if waiting:
            self._log.info("finishing running jobs", action="drain", jobs=len(waiting))
            _, unfinished = await asyncio.wait(waiting, timeout=self._settings.grace_seconds)
            for running in list(self._running.values()):
                if running.task in unfinished:
                    running.ended = running.ended or Ended.SHUTDOWN
                    running.task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _on_cancel(self, message: Msg) -> None:
        video_id = message.subject.rpartition(".")[2]
        until = int(message.data or b"0") or None
        self.cancel(video_id, until)

    def cancel(self, video_id: str, until: int | None = None) -> None:
        """Stops the running handlers of a video, up to and including revision `until` (None: whatever the revision)."""
        for running in self._running.values():
            if running.event.video_id == video_id and (until is None or running.event.revision <= until):
                running.ended = Ended.CANCELLED
                running.task.cancel()

    async def _deliver(self, message: Msg) -> None:
        try:
            event = e.decode(message.data)
        except ValueError as error:
            problem = Problem(
                code="unreadable-event",
                title="An event nobody can read",
                detail=f"The message on {message.subject} is not an event this version knows: {error}.",
                remedy="Deploy the version that wrote it, then `lectern dead retry`.",
                stage=self._stage.name,
            )
            await bury(self._connections, message, problem, self._stage.name, "unreadable")
            await message.term()
            return
        with trace.use_span(
            span(f"{self._stage.name} {e.message_id(event)}", message.headers, video_id=event.video_id),
            end_on_exit=True,
        ):
            await self._handle(message, event)

    async def _handle(self, message: Msg, event: e.AnyEvent) -> None:
        name, metrics = self._stage.name, self._connections.metrics
        attempt = message.metadata.num_delivered or 1
        log = self._log.bind(video=event.video_id, scene=getattr(event, "scene", None), attempt=attempt)
        if attempt == 1:
            metrics.queue_wait.labels(name).observe(max(0.0, time.time() - message.metadata.timestamp.timestamp()))
        else:
            metrics.redelivered.labels(name).inc()
        current = asyncio.current_task()
        assert current is not None
        running = Running(task=current, event=event)
        key = f"{message.metadata.sequence.stream}:{attempt}"
        self._running[key] = running
        started = time.monotonic()
        outcome = "failed"
        heartbeat = asyncio.create_task(self._keep_alive(message, running), name=f"{name}:heartbeat")
        with metrics.in_progress.labels(name).track_inprogress():
            try:
                outcome = await self._work(message, event, attempt, log)
            except asyncio.CancelledError:
                outcome = "cancelled" if running.ended is Ended.CANCELLED else "handed-back"
                with contextlib.suppress(nats.errors.Error):
                    await (message.ack() if outcome == "cancelled" else message.nak())
            except Permanent as error:
                outcome = await self._give_up(message, event, attempt, error.problem, log, error.spent)
            except Exception as error:
                outcome = await self._try_again(message, event, attempt, error, log)
            finally:
                heartbeat.cancel()
                del self._running[key]
        metrics.processed.labels(name, outcome).inc()
        metrics.duration.labels(name, outcome).observe(time.monotonic() - started)
        if outcome == "success":
            metrics.last_success.labels(name).set_to_current_time()
        log.info("handled", action="handled", outcome=outcome, seconds=round(time.monotonic() - started, 3))

    async def _work(
        self, message: Msg, event: e.AnyEvent, attempt: int, log: structlog.typing.FilteringBoundLogger
    ) -> str:
        sequence = message.metadata.sequence.stream
        known = await self._event_log.read(event.video_id, event.lane, at_least=sequence)
        if _is_stale(known.state, event):
            await message.ack()
            return "stale"
        route = self._stage.routes[type(event)]
        job: Job[Any] = Job(
            event=event,
            stage=self._stage.name,
            log=known,
            attempt=attempt,
            attempts=ATTEMPTS,
            deps=self._adapters,
            nats=self._connections.nats,
            logger=log,
            event_log=self._event_log,
            store=self._connections.store,
            scratch_root=self._settings.scratch,
        )
        for answer in _events(await route.handler(event, job)):
            await self._event_log.publish(answer)
        await self._ack(message)
        return "success"

    async def _ack(self, message: Msg) -> None:
        """Waits until the server has the ack. Without one the message comes again and finds its work done."""
        with contextlib.suppress(nats.errors.TimeoutError, TimeoutError):
            await message.ack_sync(timeout=5)

    async def _keep_alive(self, message: Msg, running: Running) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            with contextlib.suppress(nats.errors.Error, Transient):
                await message.in_progress()
                # The shout may have been missed while reconnecting; the log is what counts.
                state = (await self._event_log.read(running.event.video_id, running.event.lane)).state
                if isinstance(state.outcome(), e.VideoCancelled):
                    running.ended = Ended.CANCELLED
                    running.task.cancel()

    async def _try_again(
        self,
        message: Msg,
        event: e.AnyEvent,
        attempt: int,
        error: Exception,
        log: structlog.typing.FilteringBoundLogger,
    ) -> str:
        if attempt >= ATTEMPTS:
            told = error.problem if isinstance(error, Transient) else None
            problem = told or Problem(
                code="attempts-exhausted",
                title="Tried too often",
                detail=f"{self._stage.name} failed {attempt} times; the last time: {_said(error)}.",
                remedy="Look at the service's log for this video, then retry the video.",
                retryable=True,
            )
            spent = error.spent if isinstance(error, Transient) else ()
            return await self._give_up(message, event, attempt, problem, log, spent)
        delay = retry_delay(attempt, error)
        expected = isinstance(error, Transient)
        log.warning(
            "will try again",
            action="retry",
            error=_said(error),
            seconds=round(delay, 1),
            exc_info=None if expected else error,
        )
        with contextlib.suppress(nats.errors.Error):
            await message.nak(delay=delay)
        return "retry"

    async def _give_up(
        self,
        message: Msg,
        event: e.AnyEvent,
        attempt: int,
        problem: Problem,
        log: structlog.typing.FilteringBoundLogger,
        spent: tuple[Usage, ...] = (),
    ) -> str:
        log.error("gave up", action="gave-up", code=problem.code, detail=problem.detail)
        try:
            await fail(self._connections, self._stage, event, attempt, problem, spent)
            await bury(self._connections, message, problem, self._stage.name, problem.code)
            await message.term()
        except (Transient, nats.errors.Error) as error:
            log.warning("could not record the failure", action="retry", error=_said(error))
            with contextlib.suppress(nats.errors.Error):
                await message.nak(delay=retry_delay(attempt))
        return "failed"


async def fail(
    connections: Connections,
    stage: Stage,
    event: e.AnyEvent,
    attempt: int,
    problem: Problem,
    spent: tuple[Usage, ...] = (),
) -> None:
    """Records that a scene, or the video, cannot be made in this revision."""
    scene = event.scene if isinstance(event, e.SceneEvent) else None
    placed = msgspec.structs.replace(problem, stage=problem.stage or stage.name, scene=scene, attempt=attempt)
    common: dict[str, Any] = {
        "video_id": event.video_id,
        "lane": event.lane,
        "revision": event.revision,
        "cause": e.message_id(event),
        "spent": spent,
    }
    log = connections.event_log()
    if scene is not None and stage.fails == "scene":
        await log.publish(e.SceneFailed(scene=scene, stage=stage.name, problem=placed, **common))
    else:
        await log.record_outcome(e.VideoFailed(problem=placed, **common))


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _events(answer: Answer) -> Sequence[e.AnyEvent]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, e.Event) else tuple(answer)


def _is_stale(state: VideoState, event: e.AnyEvent) -> bool:
    """Whether the event's revision has ended, or its scene has since been asked for anew."""
    outcome = state.outcome()
    if outcome is not None and event.revision <= outcome.revision:
        return True
    return isinstance(event, e.SceneEvent) and event.revision < state.planned_in.get(event.scene, 1)


async def _acquired(slots: asyncio.Semaphore, stop: asyncio.Event) -> bool:
    """Waits for a slot or for the stop, whichever is first."""
    taking = asyncio.create_task(slots.acquire())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set() and not taking.done():
            return False
        return taking.done()
    finally:
        stopping.cancel()
        if not taking.done():
            taking.cancel()
