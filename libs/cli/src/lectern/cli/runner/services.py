"""The services of this installation, found by their entry points, and two ways to run them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from lectern.cli.machine.child import FIRST_PAUSE, LONGEST_PAUSE, SETTLED, Child
from lectern.cli.machine.home import Home
from lectern.contracts.problems import Problem, ProblemError
from lectern.worker import Connections, Service, Settings, build_service

GROUP = "lectern.services"


def discover(wanted: frozenset[str] | None = None) -> dict[str, EntryPoint]:
    """The installed services by name, all or those wanted. Raises ProblemError for a wanted one that is absent."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    absent = (wanted or frozenset()) - found.keys()
    if absent or not found:
        missing, present = ", ".join(sorted(absent)) or "any service", ", ".join(sorted(found)) or "none"
        raise ProblemError(
            Problem(
                code="service-missing",
                title="A service is not installed",
                detail=f"Not installed: {missing}; installed: {present}.",
                remedy="Run `make setup`.",
            )
        )
    return {name: point for name, point in sorted(found.items()) if wanted is None or name in wanted}


def settings_of(point: EntryPoint, values: Mapping[str, Any]) -> Settings:
    """The service's own settings: `values` first, then the environment, then defaults."""
    module = importlib.import_module(point.module.rpartition(".")[0] + ".settings")
    own = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Settings) and kind.__module__ == module.__name__
    ]
    return (own[0] if own else Settings)(**{name: value for name, value in values.items() if value is not None})


class InProcess:
    """A service run in this process, built anew when it fails after it once ran."""

    def __init__(
        self,
        name: str,
        point: EntryPoint,
        values: Mapping[str, Any],
        connections: Connections,
        registry: Callable[[], CollectorRegistry],
    ) -> None:
        """`registry` gives an empty one each time the service is built."""
        self.name = name
        self._registry = registry
        self._point = point
        self._values = values
        self._connections = connections
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failure: ProblemError | None = None
        self._log = structlog.get_logger("lectern.runner").bind(service=name)

    @property
    def pid(self) -> int | None:
        """None: it has no process of its own."""
        return None

    async def start(self) -> None:
        """Builds and runs the service. Raises ProblemError when it cannot be built; later failures are mended."""
        try:
            service = await self._built()
        except Exception as error:
            raise self._problem(error) from error
        self._task = asyncio.create_task(self._keep(service), name=f"service:{self.name}")

    def failure(self) -> ProblemError | None:
        """Why the service failed last; None when it never did."""
        return self._failure

    async def stop(self) -> None:
        """Lets the service finish what its grace period allows."""
        self._stop.set()
        if self._task:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._task, return_exceptions=True)

    def kill(self, number: int = 9) -> None:
        """Refused: what lives in this process cannot be killed alone."""
        raise ValueError(f"{self.name} runs inside this process; use separate=True to kill it (signal {number})")

    async def _built(self) -> Service:
        """The service on a registry of its own: two may name a metric alike, and one built anew names its own again."""
        deps = Connections.over(self._connections.nats, self._connections.store, self._registry())
        return await build_service(self._point.load(), settings_of(self._point, self._values), deps)

    async def _keep(self, service: Service | None) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            since = time.monotonic()
            try:
                service = service or await self._built()
                await service.serve(self._stop)
            except Exception as error:
                self._failure = self._problem(error)
                self._log.error("failed; building it anew", action="service-failed", exc_info=error)
            service = None
            if time.monotonic() - since > SETTLED:
                pause = FIRST_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _problem(self, error: Exception) -> ProblemError:
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, ProblemError):
            return error
        return ProblemError(
            Problem(
                code="service-failed",
                title=f"The {self.name} does not run",
                detail=f"{self.name}: {getattr(error, 'strerror', None) or error or type(error).__name__}.",
                remedy="`lectern doctor` says what this machine lacks.",
                stage=self.name,
            )
        )


def separate_process(name: str, point: EntryPoint, values: Mapping[str, Any], home: Home) -> Child:
    """The service as a child process, set up through its environment as it is in production."""
    module = point.module.rpartition(".")[0]
    env = {f"LECTERN_{key.upper()}": str(value) for key, value in values.items() if value is not None}
    return Child(
        name,
        [sys.executable, "-m", module],
        log=Path(home.logs / f"{name}.log"),
        env={**env, "LECTERN_LOG_FORMAT": "json"},
        grace=values["grace_seconds"] + 2.0,
    )
