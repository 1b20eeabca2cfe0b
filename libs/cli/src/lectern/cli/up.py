"""Lectern in the foreground: everything on this machine until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import structlog

from lectern.cli.exits import OK, UNAVAILABLE, Stop
from lectern.cli.runner import Stack, running
from lectern.contracts.problems import ProblemError
from lectern.worker import configure_logs, configure_traces


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How to run. `renderers` 0 takes one for each CPU."""

    home: Path
    host: str
    port: int
    renderers: int
    separate: bool
    json: bool


async def up(plan: Plan) -> int:
    """Runs until SIGINT or SIGTERM; the second one ends it at once. Raises Stop (3) when a part does not start."""
    configure_logs("auto")
    configure_traces("runner")
    task = asyncio.current_task()
    assert task is not None
    asked = 0

    def end() -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            os._exit(128 + signal.SIGTERM)
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    try:
        async with running(
            plan.home, separate=plan.separate, renderers=plan.renderers, host=plan.host, port=plan.port
        ) as stack:
            _announce(stack, plan)
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not asked:
            raise
    except ProblemError as error:
        raise Stop(UNAVAILABLE, error.problem) from error
    return OK


def _announce(stack: Stack, plan: Plan) -> None:
    facts: dict[str, Any] = msgspec.to_builtins(stack.endpoint)
    if plan.json:
        print(msgspec.json.encode({"type": "ready", **facts}).decode(), flush=True)  # noqa: T201
        return
    log = structlog.get_logger("lectern")
    log.info(
        f"Lectern is at {stack.url}",
        action="ready",
        home=str(stack.home.path),
        nats=stack.nats_url,
        store=stack.endpoint.s3_endpoint,
        parts=", ".join(stack.members),
    )
