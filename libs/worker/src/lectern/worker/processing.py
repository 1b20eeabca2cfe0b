"""Processing a delivery: run its handler, publish the answers, and ack, retry, wait or give up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import nats.errors
from msgspec.structs import replace

from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.topology import ACK_WAIT, ATTEMPTS
from lectern.contracts.usage import Usage, add_up
from lectern.worker.connections import Connections
from lectern.worker.delivery import Delivery, DeliveryResult, StopReason
from lectern.worker.failures import (
    MOST_RUNS_CUT_SHORT,
    PATIENCE,
    RETRY_DELAYS,
    WAIT_DELAYS,
    Permanent,
    Transient,
    Unavailable,
    retry_delay,
)
from lectern.worker.giving_up import bury, describe_crashes, fail, tell_delay
from lectern.worker.job import Job
from lectern.worker.job_trace import trace_job
from lectern.worker.measurement import Measurement
from lectern.worker.outages import find_outage
from lectern.worker.stage import Answer, Stage
from lectern.worker.stage_metrics import UNEXPECTED
from lectern.worker.standstill import LOOK_SECONDS, TRICKLE_SECONDS, Standstill
from lectern.worker.tallies import Tallies, Tally


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The loop's intervals in seconds; tests shorten them.

    `heartbeat` is how often an ack is kept alive, `linger` how long a pull waits at the server, `turn` how long where
    both lanes share the last slot; `look` and `trickle` are a standstill's. `retry_delays` come before attempts 2, 3, 4
    and 5. Work that waits is looked at again after `wait_delays`, for as long as `patience`.
    """

    heartbeat: float = ACK_WAIT / 3
    linger: float = 15.0
    turn: float = 0.1
    look: float = LOOK_SECONDS
    trickle: float = TRICKLE_SECONDS
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    wait_delays: tuple[float, ...] = WAIT_DELAYS
    patience: float = PATIENCE


TIMING = Timing()


class Processor:
    """Processes a stage's deliveries. `deps` is what its handlers get, `scratch` where they may write.

    `standstill` is told whether work can be done.
    """

    def __init__(
        self,
        stage: Stage,
        connections: Connections,
        deps: Any,
        *,
        scratch: Path | None,
        timing: Timing,
        standstill: Standstill | None = None,
    ) -> None:
        self._stage = stage
        self._connections = connections
        self._metrics = connections.metrics
        self._tallies = Tallies(connections.tallies)
        self._deps = deps
        self._scratch = scratch
        self._timing = timing
        self._standstill = standstill

    async def process(self, delivery: Delivery) -> DeliveryResult:
        """Takes a delivery to its end. Nothing is raised: whatever happens to the handler is a result."""
        with trace_job(self._stage.name, delivery) as note:
            result = await self._run(delivery)
            note(result)
        return result

    async def _run(self, delivery: Delivery) -> DeliveryResult:
        with Measurement(self._stage.name, self._connections, delivery) as measurement:
            async with self._keep_alive(delivery):
                try:
                    measurement.result = await self._handle(delivery)
                except asyncio.CancelledError:
                    measurement.result = await self._settle_stopped(delivery)
                except Permanent as error:
                    measurement.result = await self._give_up(
                        delivery, error.problem, error.spent, keep=error.repairable
                    )
                except Exception as error:
                    outage = find_outage(error, self._scratch)
                    measurement.result = await (
                        self._wait(delivery, outage) if outage else self._retry(delivery, error)
                    )
        return measurement.result

    async def _handle(self, delivery: Delivery) -> DeliveryResult:
        event = delivery.event
        if delivery.number > 1:
            delivery.tally, delivery.tally_revision = await self._tallies.read(delivery.tally_key)
        delivery.log = await self._connections.event_log.read(event.video_id, event.lane, at_least=delivery.sequence)
        if delivery.log.state.is_stale(event):
            await delivery.drop()
            return DeliveryResult.STALE
        if delivery.tally.attempts >= ATTEMPTS:  # and no end of the last one was recorded
            return await self._give_up(delivery, describe_crashes(self._stage.name, delivery.tally.attempts), ())
        if delivery.number > 1:  # a first delivery is not noted: most work succeeds at once
            await self._note(delivery, replace(delivery.tally, attempts=delivery.attempt))
        job: Job[Any] = Job(
            delivery=delivery,
            stage=self._stage.name,
            attempts=ATTEMPTS,
            deps=self._deps,
            connections=self._connections,
            scratch_root=self._scratch,
        )
        if delivery.stop_reason:  # `asyncio.wait_for`, in nats-py, returns what arrives just as its task is cancelled
            raise asyncio.CancelledError
        try:
            answer = await self._stage.routes[type(event)].handler(event, job)
        finally:
            await job.flush_progress()
        if delivery.stop_reason is StopReason.CANCELLED:  # and its handler went on to an end of its own
            await delivery.drop()
            return DeliveryResult.CANCELLED
        for published in _add_spent(_events(answer), delivery.tally.spent):
            await self._connections.event_log.publish(published)
        if self._standstill:
            self._standstill.end()
        await delivery.confirm()
        return DeliveryResult.SUCCESS

    async def _settle_stopped(self, delivery: Delivery) -> DeliveryResult:
        if delivery.stop_reason is StopReason.CANCELLED:
            await delivery.drop()
            return DeliveryResult.CANCELLED
        if delivery.tally_revision or delivery.paid:  # the start of this attempt was noted, and it does not count
            await self._note_or_log(delivery, _add_paid(delivery, ()))
        await delivery.hand_back()
        return DeliveryResult.HANDED_BACK

    async def _retry(self, delivery: Delivery, error: Exception) -> DeliveryResult:
        spent = error.spent if isinstance(error, Transient) else ()
        delivery.failure = type(error).__name__
        if delivery.attempt >= ATTEMPTS:
            return await self._give_up(delivery, self._exhaustion_problem(delivery, error), spent)
        delay = retry_delay(delivery.attempt, error, self._timing.retry_delays)
        delivery.logger.warning(
            "retrying later",
            action="retry",
            attempt=delivery.attempt,
            error=_describe(error),
            seconds=round(delay, 1),
            exc_info=None if isinstance(error, Transient) else error,
        )
        self._metrics.retries.inc(self._stage.name, _find_code(error))
        counted = replace(
            _add_paid(delivery, spent), attempts=delivery.attempt, waits=0, waits_for="", waiting_since=None
        )
        await self._note_or_log(delivery, counted)
        await delivery.hand_back(delay)
        return DeliveryResult.RETRY

    async def _wait(self, delivery: Delivery, outage: Unavailable) -> DeliveryResult:
        """Hands work back that cannot be done now, as often as need be. Says so in the log once."""
        now = e.now()
        delivery.failure = outage.problem.code
        since = delivery.tally.waiting_since or now
        cut_short = delivery.tally.cut_short + outage.begun
        if cut_short >= MOST_RUNS_CUT_SHORT:
            return await self._give_up(delivery, _add_runs(outage.problem, cut_short), outage.spent)
        if (now - since).total_seconds() >= self._timing.patience:
            return await self._give_up(delivery, _add_duration(outage.problem, since, now), outage.spent)
        self._metrics.waits.inc(self._stage.name, outage.problem.code)
        try:
            waits = await self._count_wait(delivery, outage)
            delay = retry_delay(waits, outage, self._timing.wait_delays)
            delivery.logger.warning(
                "waiting", action="wait", reason=_describe(outage), since=since.isoformat(), seconds=round(delay, 1)
            )
            paid, code = _add_paid(delivery, outage.spent), outage.problem.code
            noted = replace(paid, waits=waits, waits_for=code, waiting_since=since, cut_short=cut_short)
            await self._note_or_log(delivery, noted)
            if delivery.log:  # else the log is what is away
                await tell_delay(self._connections, self._stage, delivery, outage.problem, since)
        except (Transient, nats.errors.Error) as error:
            delivery.logger.warning("could not record why work waits", action="retry", error=_describe(error))
        except asyncio.CancelledError:
            return await self._settle_stopped(delivery)
        await delivery.hand_back(delay)
        return DeliveryResult.WAITING

    async def _count_wait(self, delivery: Delivery, outage: Unavailable) -> int:
        """How often in a row it has waited for this with the present time, by which the next look is put off.

        In a standstill that is always the first: its process takes little as it is.
        """
        if self._standstill and await self._standstill.begin():
            return 1
        return delivery.tally.waits + 1 if delivery.tally.waits_for == outage.problem.code else 1

    async def _note(self, delivery: Delivery, tally: Tally) -> None:
        """Stores a tally. `delivery.tally` stays what it was before this delivery. Raises Unavailable."""
        delivery.tally_revision = await self._tallies.write(delivery.tally_key, tally, delivery.tally_revision)

    async def _note_or_log(self, delivery: Delivery, tally: Tally) -> None:
        try:
            await self._note(delivery, replace(tally, left_at=e.now()))
        except Unavailable as error:
            delivery.logger.warning("could not note an attempt", action="retry", error=_describe(error))

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

    async def _give_up(
        self, delivery: Delivery, problem: Problem, spent: tuple[Usage, ...], *, keep: bool = True
    ) -> DeliveryResult:
        """Records the failure, and keeps the message as a dead letter where an operator might repair it."""
        delivery.failure = problem.code
        delivery.logger.error("gave up", action="gave-up", code=problem.code, detail=problem.detail)
        tally = _add_paid(delivery, spent)
        attempt = min(delivery.attempt, ATTEMPTS)
        try:
            await fail(
                self._connections,
                self._stage,
                delivery.event,
                attempt,
                problem,
                tally.spent,
                state=delivery.log.state,
                began=delivery.began,
            )
            if keep:
                await bury(self._connections, delivery.message, problem, self._stage.name, problem.code)
            else:
                await delivery.confirm()
            self._metrics.failures.inc(self._stage.name, problem.code)
        except (Transient, nats.errors.Error) as error:
            delivery.logger.warning("could not record the failure", action="retry", error=_describe(error))
            await self._note_or_log(delivery, tally)
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
            with contextlib.suppress(nats.errors.Error):
                await delivery.message.in_progress()
            with contextlib.suppress(nats.errors.Error, Transient):
                log = await self._connections.event_log.read(delivery.event.video_id, delivery.event.lane)
                if isinstance(log.state.outcome(), e.VideoCancelled | e.VideoDeleted):
                    delivery.stop(StopReason.CANCELLED)

        async def keep_beating() -> None:
            while True:
                await asyncio.sleep(self._timing.heartbeat)
                try:
                    await beat()
                except Exception as error:  # without heartbeats another worker would get the message as well
                    delivery.logger.error("heartbeat failed", action="heartbeat-failed", exc_info=error)

        heartbeat = asyncio.create_task(keep_beating(), name=f"{self._stage.name}:heartbeat")
        try:
            yield
        finally:
            heartbeat.cancel()


def _find_code(error: Exception) -> str:
    return error.problem.code if isinstance(error, Transient) and error.problem else UNEXPECTED


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _events(answer: Answer) -> Sequence[e.AnyEvent]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, e.Event) else tuple(answer)


def _add_spent(events: Sequence[e.AnyEvent], spent: tuple[Usage, ...]) -> Sequence[e.AnyEvent]:
    """The events, the first of which that reports a cost reports that of earlier deliveries, too."""
    if not spent:
        return events
    added = list(events)
    for place, event in enumerate(added):
        if "spent" in event.__struct_fields__:
            own: tuple[Usage, ...] = event.spent  # type: ignore[union-attr]
            added[place] = replace(event, spent=add_up((*own, *spent)))
            break
    return added


def _add_paid(delivery: Delivery, spent: tuple[Usage, ...]) -> Tally:
    """The tally before this delivery, with what the delivery has paid for: as its error says, else as it noted."""
    paid = spent or delivery.paid
    return replace(delivery.tally, spent=add_up((*delivery.tally.spent, *paid))) if paid else delivery.tally


def _add_duration(problem: Problem, since: datetime, now: datetime) -> Problem:
    hours = (now - since).total_seconds() / 3600
    return replace(
        problem,
        detail=f"{problem.detail} It has been so since {since:%d %B %H:%M} UTC, and Lectern waited {hours:.0f} hours.",
        remedy="Repair it, then retry the video.",
        retryable=True,
    )


def _add_runs(problem: Problem, runs: int) -> Problem:
    return replace(
        problem,
        detail=f"{problem.detail} It ended {runs} runs of this.",
        remedy="Repair it, then retry the video. If only this scene meets it, change the scene.",
        retryable=True,
    )
