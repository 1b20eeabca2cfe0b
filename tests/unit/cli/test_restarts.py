"""Restarting what stops unexpectedly: in a loop with growing pauses, and a service that is rebuilt in this process."""

from __future__ import annotations

import asyncio
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from lectern.cli.runner import restarts
from lectern.cli.runner.restarts import FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS, keep_running
from lectern.cli.runner.services import InProcess
from lectern.worker import Connections, Service, Settings


async def test_what_returns_or_raises_is_run_again_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, failures, pauses = asyncio.Event(), list[Exception](), list[float]()
    outcomes: list[Exception | None] = [None, RuntimeError("bug"), *[None] * 6]

    async def run() -> None:
        outcome = outcomes.pop(0)
        if not outcomes:
            stop.set()
        if outcome:
            raise outcome

    async def pause(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(restarts, "wait_before_restart", pause)
    await keep_running(run, stop, failures.append)
    assert [str(error) for error in failures] == ["bug"]
    assert pauses[0] == FIRST_PAUSE_SECONDS
    assert pauses == sorted(pauses)
    assert pauses[-1] == MAX_PAUSE_SECONDS


async def test_a_service_that_fails_is_rebuilt_and_its_failure_reported(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restarts, "FIRST_PAUSE_SECONDS", 0.01)
    builds, running = list[Connections](), asyncio.Event()

    def build(settings: Settings | None, connections: Connections) -> Service:
        builds.append(connections)
        fails = len(builds) == 1

        async def run(stop: asyncio.Event) -> None:
            if fails:
                raise RuntimeError("bug")
            running.set()
            await stop.wait()

        return Service(name="voice", connections=connections, settings=Settings(), run=run)

    point = cast(EntryPoint, SimpleNamespace(load=lambda: build))
    member = InProcess("voice", point, {}, connections, CollectorRegistry)
    await member.start()
    async with asyncio.timeout(120):
        await running.wait()
        await member.stop()
    failure = member.failure()
    assert failure is not None
    assert failure.problem.detail == "voice: bug."
    assert len(builds) == 2
    assert builds[0].registry is not builds[1].registry
