"""A service: a stage's loop, what runs beside it, its health endpoints, and its `main`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import structlog
from prometheus_client import CollectorRegistry

from lectern.contracts.problems import ProblemError
from lectern.tracing import export_traces
from lectern.worker.bus import Responder
from lectern.worker.connections import Connections, connect
from lectern.worker.failures import Unavailable
from lectern.worker.health import connection_checks, consumer_check, readiness, serve_health
from lectern.worker.loop import StageLoop
from lectern.worker.presence import show_presence
from lectern.worker.process_metrics import show_process
from lectern.worker.process_watch import watching_process
from lectern.worker.processing import TIMING, Timing
from lectern.worker.settings import Settings
from lectern.worker.stage import Stage
from lectern.worker.stopping import wait_for, wait_until_done
from lectern.worker.sweeper import sweep
from lectern.worker.telemetry import configure_logs
from lectern.worker.turns import ServiceLedger
from lectern.worker.work_folders import remove_abandoned_folders

Hook: TypeAlias = Callable[[], Awaitable[None]]
CLEANING_SECONDS = 3600.0  # between two looks for what crashed processes of this machine have left
S = TypeVar("S", bound=Settings)
Build: TypeAlias = Callable[[S | None, Connections], "Service"]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that is ready to run. `deps` is what the stage's handlers get; `connections` is what it was built from.
    `ledger` counts service to the parties of a stage that takes turns, and may be shared with responders.

    `responders` answer requests of other services. `start` and `close` run before and after; `run` runs beside the loop
    until its event is set; `ready` raises, or returns the state of its parts, when /readyz asks.

    `clean` removes what killed processes have left in folders of its own, and returns how many; it runs in a thread, at
    the start and every hour.
    """

    name: str
    connections: Connections
    settings: Settings
    stage: Stage | None = None
    timing: Timing = TIMING
    deps: Any = None
    ledger: ServiceLedger | None = None
    responders: tuple[Responder[Any, Any], ...] = ()
    start: Hook | None = None
    close: Hook | None = None
    run: Callable[[asyncio.Event], Awaitable[None]] | None = None
    ready: Callable[[], Mapping[str, str]] | None = None
    clean: Callable[[], int] | None = None

    async def serve(self, stop: asyncio.Event) -> None:
        """Runs until `stop` is set, then drains. Raises what its parts raise; returns early when they all return."""
        if self.start:
            await self.start()
        checks = connection_checks(self.connections, self.settings.scratch)
        watching = watching_process(self.connections.process, checks)
        cleaning = asyncio.create_task(
            _keep_scratch_clean(self.settings, self.clean, stop), name=f"{self.name}:cleaning"
        )
        try:
            async with watching, self._answering(stop), asyncio.TaskGroup() as tasks:
                if self.stage:
                    loop = StageLoop(self.stage, self.connections, self.deps, self.settings, self.timing, self.ledger)
                    tasks.create_task(loop.run(stop), name=f"{self.name}:loop")
                    signs = show_presence(self.connections.bus, self.stage.name, loop.slots, loop.count_busy, stop)
                    tasks.create_task(signs, name=f"{self.name}:presence")
                    tasks.create_task(sweep(self.connections, stop), name=f"{self.name}:sweeper")
                if self.run:
                    tasks.create_task(_await(self.run(stop)), name=f"{self.name}:run")
                if not (self.stage or self.run):  # it only answers requests
                    await stop.wait()
        finally:
            cleaning.cancel()
            if self.close:
                await self.close()

    @asynccontextmanager
    async def _answering(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Answers requests until `stop` is set, or the context ends: a service that drains takes none from others that
        could answer them. What was begun may take the grace period."""
        ended = asyncio.Event()
        async with AsyncExitStack() as every:
            each = [await every.enter_async_context(AsyncExitStack()) for _ in self.responders]
            for stack, responder in zip(each, self.responders, strict=True):
                await stack.enter_async_context(self.connections.bus.answering(responder))

            async def leave() -> None:
                await wait_until_done(asyncio.create_task(ended.wait()), stop)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.settings.grace_seconds):
                        await asyncio.gather(*(stack.aclose() for stack in each))

            leaving = asyncio.create_task(leave(), name=f"{self.name}:leave")
            try:
                yield
            finally:
                ended.set()
                await leaving

    async def readiness(self) -> tuple[int, dict[str, Any]]:
        """The status and body of `/readyz`."""
        checks = connection_checks(self.connections, self.settings.scratch)
        if self.stage:
            checks["consumers"] = consumer_check(self.connections, self.stage.name)
        return await readiness(checks, self.ready)


async def clean_scratch(settings: Settings, clean: Callable[[], int] | None = None) -> None:
    """Removes the work folders of processes that were killed. One that cannot be removed is left for the next look."""
    try:
        removed = await asyncio.to_thread(remove_abandoned_folders, settings.scratch)
        removed += await asyncio.to_thread(clean) if clean else 0
    except OSError as error:
        structlog.get_logger("lectern.worker").warning("cannot clean up", action="uncleaned", reason=str(error))
        return
    if removed:
        structlog.get_logger("lectern.worker").info("removed what a crash left", action="cleaned", folders=removed)


async def _keep_scratch_clean(settings: Settings, clean: Callable[[], int] | None, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await clean_scratch(settings, clean)
        await wait_for(stop, CLEANING_SECONDS)


async def _await(work: Awaitable[None]) -> None:
    await work


async def run_service(build: Build[S], settings: S, stop: asyncio.Event, name: str) -> None:
    """Connects and runs the service until `stop`. Health and metrics are served from the beginning, so that whoever
    asks learns what is waited for; `/readyz` is 503 until the service's own `start` is done.
    """
    registry = CollectorRegistry()
    show_process(registry)
    started: list[Service] = []

    async def report() -> tuple[int, dict[str, Any]]:
        if started:
            return await started[0].readiness()
        return await readiness({"start": _refuse_until_started})

    health = (
        serve_health(name, report, registry, settings.metrics_port)
        if settings.metrics_port
        else contextlib.nullcontext()
    )
    async with health:
        running = asyncio.create_task(_run_connected(build, settings, stop, name, registry, started.append))
        try:
            await wait_until_done(running, stop)
            if started or running.done():
                await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _refuse_until_started() -> None:
    raise Unavailable("it waits for the event log, or for what it starts itself", code="log-unavailable")


async def _run_connected(
    build: Build[S],
    settings: S,
    stop: asyncio.Event,
    name: str,
    registry: CollectorRegistry,
    on_started: Callable[[Service], None],
) -> None:
    async with connect(settings, name, registry) as connections:
        service = build(settings, connections)

        async def start() -> None:
            if service.start:
                await service.start()
            on_started(service)

        structlog.get_logger("lectern").info("running", action="start", service=name)
        await replace(service, start=start).serve(stop)


def main(build: Build[S], settings_type: type[S]) -> None:
    """A service's `__main__`: the only place that knows signals."""
    name = build.__module__.split(".")[1]
    settings = settings_type()
    configure_logs(settings.log_format, settings.log_level)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await run_service(build, settings, stop, name)

    try:
        with export_traces(name):
            asyncio.run(run())
    except ProblemError as error:  # it cannot start as it is set up
        structlog.get_logger(f"lectern.{name}").error(
            error.problem.sentence(), action="refused", code=error.problem.code
        )
        raise SystemExit(1) from None
