"""The installed services, discovered by their entry points, and two ways to run them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import typing
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from lectern.cli.runner.child import Child
from lectern.cli.runner.home import Home
from lectern.cli.runner.restarts import keep_running
from lectern.contracts.problems import Problem, ProblemError
from lectern.tracing import act_as
from lectern.worker import Build, Connections, Service, Settings

ENTRY_POINTS = "lectern.services"


def discover(names: frozenset[str] | None = None) -> dict[str, EntryPoint]:
    """The installed services by name: those named, or all. Raises ProblemError for one that is not installed."""
    found = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    absent = (names or frozenset()) - found.keys()
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
    return {name: point for name, point in sorted(found.items()) if names is None or name in names}


def settings_type(point: EntryPoint) -> type[Settings]:
    """The settings class that a service's `build` declares as the type of its first parameter."""
    declared = typing.get_type_hints(point.load())["settings"]
    kinds = [kind for kind in typing.get_args(declared) or (declared,) if kind is not type(None)]
    settings: type[Settings] = kinds[0]
    return settings


def load_settings(point: EntryPoint, values: Mapping[str, Any]) -> Settings:
    """The service's settings: `values` first, then the environment, then defaults."""
    return settings_type(point)(**{name: value for name, value in values.items() if value is not None})


class InProcess:
    """A service run in this process, rebuilt when it fails."""

    def __init__(
        self,
        name: str,
        point: EntryPoint,
        values: Mapping[str, Any],
        connections: Connections,
        new_registry: Callable[[], CollectorRegistry],
    ) -> None:
        """`new_registry` is called each time the service is built."""
        self.name = name
        self._point = point
        self._values = values
        self._connections = connections
        self._new_registry = new_registry
        self._service: Service | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failure: ProblemError | None = None
        self._logger = structlog.get_logger("lectern.runner").bind(service=name)

    @property
    def pid(self) -> int | None:
        """None: the service has no process of its own."""
        return None

    async def start(self) -> None:
        """Builds and runs the service. Raises ProblemError when it cannot be built; later failures are retried."""
        try:
            self._service = self._build()
        except Exception as error:
            raise self._as_problem(error) from error
        running = keep_running(self._run, self._stop, self._log_failure)
        self._task = asyncio.create_task(running, name=f"service:{self.name}")

    def failure(self) -> ProblemError | None:
        """The service's last failure; None when it never failed."""
        return self._failure

    async def stop(self) -> None:
        """Lets the service finish its running jobs within its grace period."""
        self._stop.set()
        if self._task:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._task, return_exceptions=True)

    def kill(self, number: int = 9) -> None:
        """Raises ValueError: a service in this process cannot be killed alone."""
        raise ValueError(f"{self.name} runs inside this process; use separate=True to kill it (signal {number})")

    async def _run(self) -> None:
        service, self._service = self._service or self._build(), None
        with act_as(self.name):
            await service.serve(self._stop)

    def _build(self) -> Service:
        """The service with a registry of its own: services share metric names, and a rebuilt one reuses its own."""
        shared = self._connections
        connections = Connections.over(shared.nats, shared.store, self._new_registry(), self.name)
        build: Build[Any] = self._point.load()
        return build(load_settings(self._point, self._values), connections)

    def _log_failure(self, error: Exception) -> None:
        self._failure = self._as_problem(error)
        self._logger.error("failed; restarting", action="service-failed", exc_info=error)

    def _as_problem(self, error: Exception) -> ProblemError:
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, ProblemError):
            return error
        return ProblemError(
            Problem(
                code="service-failed",
                title=f"The {self.name} does not run",
                detail=f"{self.name}: {getattr(error, 'strerror', None) or error or type(error).__name__}.",
                remedy="`lectern doctor` lists missing dependencies.",
                stage=self.name,
            )
        )


def separate_process(name: str, point: EntryPoint, values: Mapping[str, Any], home: Home) -> Child:
    """The service as a child process, configured through its environment as in production."""
    module = point.module.rpartition(".")[0]
    env = {f"LECTERN_{key.upper()}": str(value) for key, value in values.items() if value is not None}
    return Child(
        name,
        [sys.executable, "-m", module],
        log=home.logs / f"{name}.log",
        env={**env, "LECTERN_LOG_FORMAT": "json"},
        grace=values["grace_seconds"] + 2.0,
    )
