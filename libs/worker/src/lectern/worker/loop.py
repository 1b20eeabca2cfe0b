"""A stage's loop: takes a slot, fetches a message for it, processes it; drains when it is stopped.

A stop ends fetching at once. What a pull still brings, or what was about to be begun, goes back before its turn; what
runs is finished within the grace period, or goes back then, so that another worker has it within moments.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import nats.errors
import structlog
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.options import LANES, Lane
from lectern.contracts.parties import Party
from lectern.contracts.problems import Problem
from lectern.worker.choosing import Chooser
from lectern.worker.connections import Connections
from lectern.worker.delivery import Delivery, StopReason
from lectern.worker.fetching import Fetcher, open_fetcher
from lectern.worker.giving_up import bury
from lectern.worker.health import connection_checks
from lectern.worker.processing import TIMING, Processor, Timing
from lectern.worker.settings import Settings
from lectern.worker.stage import Stage
from lectern.worker.standstill import Standstill
from lectern.worker.stopping import wait_for, wait_until_done
from lectern.worker.turns import ServiceLedger

_REPEATED_SECONDS = 3.0  # until an event is looked at again that is worked on already
_FETCH_RETRY = 1.0  # seconds until the next fetch after one failed


class StageLoop:
    """Runs one stage's handlers against its two consumers until it is stopped.

    `ledger` is where service to parties is counted, if the stage takes turns.
    """

    def __init__(
        self,
        stage: Stage,
        connections: Connections,
        deps: Any,
        settings: Settings,
        timing: Timing = TIMING,
        ledger: ServiceLedger | None = None,
    ) -> None:
        self._stage = stage
        self._connections = connections
        self._timing = timing
        self._chooser = (
            Chooser(connections.nats, ledger or ServiceLedger(), stage.turns, self._count_put_aside)
            if stage.turns
            else None
        )
        checks = connection_checks(connections, settings.scratch)
        self._standstill = Standstill(checks, look=timing.look, trickle=timing.trickle)
        self._processor = Processor(
            stage, connections, deps, scratch=settings.scratch, timing=timing, standstill=self._standstill
        )
        self._grace = settings.grace_seconds
        self._slots = settings.slots or stage.slots
        self._free = asyncio.Semaphore(self._slots)
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[asyncio.Task[None], Delivery] = {}
        self._logger = structlog.get_logger("lectern.worker").bind(stage=stage.name)

    @property
    def slots(self) -> int:
        """How many jobs it runs at once."""
        return self._slots

    def count_busy(self) -> int:
        """How many jobs it runs now."""
        return len(self._running)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then lets running jobs finish within the grace period and hands the rest back."""
        metrics = self._connections.metrics
        metrics.begin(self._stage.name, self._slots)
        try:
            async with self._connections.bus.listening(subjects.CANCEL, self._on_cancel):
                try:
                    async with (
                        open_fetcher(self._connections.nats, self._stage.name, self._timing.turn) as fetcher,
                        asyncio.TaskGroup() as fetching,
                    ):
                        for home in LANES:
                            fetching.create_task(self._fetch(fetcher, home, stop))
                        fetching.create_task(_end_fetching(fetcher, stop))
                finally:
                    await self._drain()
        finally:
            metrics.end(self._stage.name, self._slots)

    async def _fetch(self, fetcher: Fetcher, home: Lane, stop: asyncio.Event) -> None:
        while await self._take_slot(fetcher, home, stop):
            message = None
            try:
                await self._standstill.wait(stop)
                message = await fetcher.next(home, self._timing.linger)
            except (nats.errors.Error, TimeoutError, ConnectionError) as error:
                self._logger.warning(
                    "cannot fetch", action="fetch-failed", lane=home, error=type(error).__name__, reason=str(error)
                )
                await wait_for(stop, _FETCH_RETRY)
            finally:
                if message is None:
                    self._free.release()
            if message is not None:
                await self._start(message, fetcher, stop)

    async def _take_slot(self, fetcher: Fetcher, home: Lane, stop: asyncio.Event) -> bool:
        """Waits for a free slot; False when the loop is stopped first."""
        if stop.is_set():
            return False
        if not self._free.locked():
            await self._free.acquire()  # at once
            return True
        fetcher.want_slot(home)
        taking = asyncio.create_task(self._free.acquire())
        try:
            taken = await wait_until_done(taking, stop)
            if taken and stop.is_set():
                self._free.release()
            return not stop.is_set()
        finally:
            fetcher.have_slot(home)
            taking.cancel()

    async def _start(self, message: Msg, fetcher: Fetcher, stop: asyncio.Event) -> None:
        """Works on the message, or on a fairer one in its place; hands it back if the loop was stopped meanwhile."""
        party = Party()
        try:
            if self._chooser and not stop.is_set():
                message, party = await self._chooser.choose(message, fetcher)
        except BaseException:
            self._free.release()
            raise
        if stop.is_set():
            self._free.release()
            with contextlib.suppress(nats.errors.Error):  # then it is delivered again after its ack wait
                await message.nak()
            return
        started = time.monotonic()

        def charge(_: asyncio.Task[None]) -> None:
            if self._chooser:
                self._chooser.finish(party, time.monotonic() - started)

        task = asyncio.create_task(self._deliver(message), name=f"{self._stage.name}:{message.subject}")
        self._tasks.add(task)
        task.add_done_callback(charge)
        task.add_done_callback(self._finish)

    def _count_put_aside(self) -> None:
        self._connections.metrics.put_aside.inc(self._stage.name)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._running.pop(task, None)
        self._free.release()
        if not task.cancelled() and (error := task.exception()):
            # Nothing was acked, so the server delivers the message again after its ack wait.
            self._logger.error("could not settle a delivery", action="unsettled", exc_info=error)

    async def _deliver(self, message: Msg) -> None:
        try:
            event = e.decode(message.data)
        except ValueError as error:
            await self._bury_unreadable(message, error)
            return
        delivery = Delivery(message, event, self._logger)
        if any(each.tally_key == delivery.tally_key for each in self._running.values()):
            # This process did not run for longer than the ack wait. Who works on it settles both deliveries.
            delivery.logger.info("delivered again while it is worked on", action="delivered-again")
            return
        if any(e.message_id(each.event) == e.message_id(event) for each in self._running.values()):
            # The same event, stored a second time. What it asks for is found once the first has ended.
            delivery.logger.info("put off a repeated event", action="repeated-event")
            await delivery.hand_back(_REPEATED_SECONDS)
            return
        task = asyncio.current_task()
        assert task is not None
        delivery.runs_in(task)
        self._running[task] = delivery
        await self._processor.process(delivery)

    async def _bury_unreadable(self, message: Msg, error: ValueError) -> None:
        problem = Problem(
            code="unreadable-event",
            title="Unreadable event",
            detail=f"The message on {message.subject} is not an event that this version knows: {error}.",
            remedy="Deploy the version that wrote it, then run `lectern dead retry`.",
            stage=self._stage.name,
        )
        await bury(self._connections, message, problem, self._stage.name, problem.code)

    async def _on_cancel(self, subject: str, data: bytes) -> None:
        """Stops the running handlers of a video, up to and including the revision that was cancelled."""
        video_id, last_revision = subject.rpartition(".")[2], int(data or b"0")
        for delivery in list(self._running.values()):
            event = delivery.event
            if event.video_id == video_id and (not last_revision or event.revision <= last_revision):
                delivery.stop(StopReason.CANCELLED)

    async def _drain(self) -> None:
        if not self._tasks:
            return
        self._logger.info("finishing running jobs", action="drain", jobs=len(self._tasks))
        _, unfinished = await asyncio.wait(set(self._tasks), timeout=self._grace)
        for task in unfinished:
            if delivery := self._running.get(task):
                delivery.stop(StopReason.SHUTDOWN)
        await asyncio.gather(*unfinished, return_exceptions=True)


async def _end_fetching(fetcher: Fetcher, stop: asyncio.Event) -> None:
    await stop.wait()
    fetcher.end()
