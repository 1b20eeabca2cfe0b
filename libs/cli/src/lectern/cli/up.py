"""`lectern up`: everything on this machine, in the foreground."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import structlog

from lectern.cli.exit_status import OK, UNAVAILABLE, CommandExit
from lectern.cli.interrupts import Interrupted, InterruptHandler
from lectern.cli.prompts import build_prompt_settings
from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts.problems import ProblemError
from lectern.tracing import export_traces
from lectern.worker import configure_logs


class UpArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `lectern up`. `renderers` 0 means one per CPU."""

    home: Path
    host: str
    port: int
    renderers: int
    separate: bool
    json: bool
    prompts: Path | None = None
    only_answers: bool = False


async def up(arguments: UpArguments) -> int:
    """Runs until SIGINT or SIGTERM; a second one exits immediately. Raises CommandExit (3) if a part does not start."""
    configure_logs("auto")
    with export_traces("runner"), InterruptHandler() as interrupts:
        try:
            await interrupts.run(_run(arguments))
        except Interrupted:
            return OK
        except ProblemError as error:
            raise CommandExit(UNAVAILABLE, error.problem) from error
    return OK


async def _run(arguments: UpArguments) -> None:
    async with run_stack(
        arguments.home,
        separate=arguments.separate,
        renderers=arguments.renderers,
        host=arguments.host,
        port=arguments.port,
        settings=build_prompt_settings(arguments.prompts) if arguments.prompts else None,
        only_answers=arguments.only_answers,
        keeps_answers=True,
    ) as stack:
        _announce(stack, json=arguments.json)
        await asyncio.Event().wait()


def _announce(stack: Stack, *, json: bool) -> None:
    addresses: dict[str, Any] = msgspec.to_builtins(stack.endpoint)
    if json:
        print(msgspec.json.encode({"type": "ready", **addresses}).decode(), flush=True)  # noqa: T201
        return
    structlog.get_logger("lectern").info(
        f"Lectern is at {stack.url}",
        action="ready",
        home=str(stack.home.path),
        nats=stack.nats_url,
        store=stack.endpoint.s3_endpoint,
        parts=", ".join(stack.members),
    )
