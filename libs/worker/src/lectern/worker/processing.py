"""Processing a delivery: run its handler, publish the answers, and ack, retry or give up."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import nats.errors

from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.state import VideoState
from lectern.contracts.topology import ACK_WAIT, ATTEMPTS
from lectern.contracts.usage import Usage
from lectern.worker.connections import Connections
from lectern.worker.dead_letters import DeadLetter
from lectern.worker.delivery import Delivery, DeliveryResult, Message, StopReason
from lectern.worker.failures import RETRY_DELAYS, Permanent, Transient, retry_delay
from lectern.worker.job import Job
from lectern.worker.stage import Answer, Stage


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The loop's intervals in seconds; tests shorten them.

    `heartbeat` is how often an ack is kept alive, `linger` how long a pull waits at the server, `retry_delays` come
    before deliveries 2, 3, 4 and 5.
    """

    heartbeat: float = ACK_WAIT / 3
    linger: float = 0.5
    retry_delays: tuple[float, ...] = RETRY_DELAYS


TIMING = Timing()


class Processor:
    """Processes a stage's deliveries. `deps` is what its handlers get, `scratch` where they may write."""

    def __init__(
        self, stage: Stage, connections: Connections, deps: Any, *, scratch: Path | None, timing: Timing
    ) -> None:
        self._stage = stage
        self._connections = connections
        self._deps = deps
        self._scratch = scratch
        self._timing = timing

    async def process(self, delivery: Delivery) -> DeliveryResult:
        """Takes a delivery to its end. Nothing is raised: whatever happens to the handler is a result."""
        with _Measurement(self._stage.name, self._connections, delivery) as measurement:
            async with self._keep_alive(delivery):
                try:
                    measurement.result = await self._handle(delivery)
                except asyncio.CancelledError:
                    measurement.result = await self._settle_stopped(delivery)
                except Permanent as error:
                    measurement.result = await self._give_up(delivery, error.problem, error.spent)
                except Exception as error:
                    measurement.result = await self._retry(delivery, error)
        return measurement.result

    async def _handle(self, delivery: Delivery) -> DeliveryResult:
        event = delivery.event
        delivery.log = await self._connections.event_log.read(event.video_id, event.lane, at_least=delivery.sequence)
        if _is_stale(delivery.log.state, event):
            await delivery.drop()
            return DeliveryResult.STALE
        job: Job[Any] = Job(
            delivery=delivery,
            stage=self._stage.name,
            attempts=ATTEMPTS,
            deps=self._deps,
            connections=self._connections,
            scratch_root=self._scratch,
        )
        try:
            answer = await self._stage.routes[type(event)].handler(event, job)
        finally:
            await job.flush_progress()
        for published in _events(answer):
            await self._connections.event_log.publish(published)
        await delivery.confirm()
        return DeliveryResult.SUCCESS

    async def _settle_stopped(self, delivery: Delivery) -> DeliveryResult:
        if delivery.stop_reason is StopReason.CANCELLED:
            await delivery.drop()
            return DeliveryResult.CANCELLED
        await delivery.hand_back()
        return DeliveryResult.HANDED_BACK

    async def _retry(self, delivery: Delivery, error: Exception) -> DeliveryResult:
        if delivery.attempt >= ATTEMPTS:
            spent = error.spent if isinstance(error, Transient) else ()
            return await self._give_up(delivery, self._exhaustion_problem(delivery, error), spent)
        delay = retry_delay(delivery.attempt, error, self._timing.retry_delays)
        delivery.logger.warning(
            "retrying later",
            action="retry",
            error=_describe(error),
            seconds=round(delay, 1),
            exc_info=None if isinstance(error, Transient) else error,
        )
        await delivery.hand_back(delay)
        return DeliveryResult.RETRY

    def _exhaustion_problem(self, delivery: Delivery, error: Exception) -> Problem:
        if isinstance(error, Transient) and error.problem:
            return error.problem
        return Problem(
            code="attempts-exhausted",
            title="Too many attempts failed",
            detail=f"{self._stage.name} failed {delivery.attempt} times, the last time with {_describe(error)}.",
            remedy="Look at the service's log for this video, then retry the video.",
            retryable=True,
        )

    async def _give_up(self, delivery: Delivery, problem: Problem, spent: tuple[Usage, ...]) -> DeliveryResult:
        delivery.logger.error("gave up", action="gave-up", code=problem.code, detail=problem.detail)
        try:
            await fail(self._connections, self._stage, delivery.event, delivery.attempt, problem, spent)
            await bury(self._connections, delivery.message, problem, self._stage.name, problem.code)
        except (Transient, nats.errors.Error) as error:
            delivery.logger.warning("could not record the failure", action="retry", error=_describe(error))
            await delivery.hand_back(retry_delay(delivery.attempt, error, self._timing.retry_delays))
        except asyncio.CancelledError:
            return await self._settle_stopped(delivery)
        return DeliveryResult.FAILED

    @asynccontextmanager
    async def _keep_alive(self, delivery: Delivery) -> AsyncIterator[None]:
        """Restarts the ack wait at each heartbeat, and stops the handler of a video that was cancelled.

        The cancellation signal may have been missed while reconnecting; the log is what counts.
        """

        async def beat() -> None:
            while True:
                await asyncio.sleep(self._timing.heartbeat)
                with contextlib.suppress(nats.errors.Error, Transient):
                    await delivery.message.in_progress()
                    log = await self._connections.event_log.read(delivery.event.video_id, delivery.event.lane)
                    if isinstance(log.state.outcome(), e.VideoCancelled):
                        delivery.stop(StopReason.CANCELLED)

        heartbeat = asyncio.create_task(beat(), name=f"{self._stage.name}:heartbeat")
        try:
            yield
        finally:
            heartbeat.cancel()


class _Measurement:
    """Metrics and the closing log line of one delivery."""

    def __init__(self, stage: str, connections: Connections, delivery: Delivery) -> None:
        self.result = DeliveryResult.FAILED
        self._stage = stage
        self._metrics = connections.metrics
        self._delivery = delivery
        self._started = time.monotonic()

    def __enter__(self) -> _Measurement:
        published = self._delivery.message.metadata.timestamp.timestamp()
        if self._delivery.attempt == 1:
            self._metrics.queue_wait.labels(self._stage).observe(max(0.0, time.time() - published))
        else:
            self._metrics.redelivered.labels(self._stage).inc()
        self._metrics.in_progress.labels(self._stage).inc()
        return self

    def __exit__(self, *_: object) -> None:
        result, seconds = self.result, time.monotonic() - self._started
        self._metrics.in_progress.labels(self._stage).dec()
        self._metrics.processed.labels(self._stage, result.value).inc()
        self._metrics.duration.labels(self._stage, result.value).observe(seconds)
        if result is DeliveryResult.SUCCESS:
            self._metrics.last_success.labels(self._stage).set_to_current_time()
        self._delivery.logger.info("handled", action="handled", outcome=result.value, seconds=round(seconds, 3))


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
    located = msgspec.structs.replace(problem, stage=problem.stage or stage.name, scene=scene, attempt=attempt)
    common: dict[str, Any] = {
        "video_id": event.video_id,
        "lane": event.lane,
        "revision": event.revision,
        "cause": e.message_id(event),
        "spent": spent,
    }
    if scene is not None and stage.fails == "scene":
        await connections.event_log.publish(e.SceneFailed(scene=scene, stage=stage.name, problem=located, **common))
    else:
        await connections.event_log.record_outcome(e.VideoFailed(problem=located, **common))


async def bury(connections: Connections, message: Message, problem: Problem, stage: str, reason: str) -> None:
    """Keeps a message as a dead letter and has it delivered never again."""
    letter = DeadLetter(
        stage=stage,
        consumer=message.metadata.consumer,
        subject=message.subject,
        sequence=message.metadata.sequence.stream,
        data=message.data,
        problem=problem,
        reason=reason,
    )
    await connections.dead_letters.store(letter)
    connections.metrics.dead.labels(stage, reason).inc()
    await message.term()


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _events(answer: Answer) -> Sequence[e.AnyEvent]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, e.Event) else tuple(answer)


def _is_stale(state: VideoState, event: e.AnyEvent) -> bool:
    """True if the event's revision has ended, or its scene has since been planned again."""
    outcome = state.outcome()
    if outcome is not None and event.revision <= outcome.revision:
        return True
    return isinstance(event, e.SceneEvent) and event.revision < state.planned_in.get(event.scene, 1)
