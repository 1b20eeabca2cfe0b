"""`lectern provision`: applies the declared topology, or reports where a server differs from it."""

from __future__ import annotations

from pathlib import Path

import typer

from lectern.cli.exit_status import FAILED, OK
from lectern.cli.nats_connection import connect_event_log
from lectern.contracts.problems import ProblemError
from lectern.worker import (
    RuleReport,
    Settings,
    Unavailable,
    apply_rules,
    apply_topology,
    find_bucket,
    find_drift,
)


async def provision(nats_url: str, home: Path, *, check: bool, replicas: int | None) -> int:
    """Returns 0 when the servers are, or now are, as declared; with `check`, 1 when they differ.

    Rules for what expires, which the store may refuse, are told about and change nothing of that.
    """
    async with connect_event_log(nats_url, home) as client:
        lines = (
            await find_drift(client, replicas=replicas) if check else await apply_topology(client, replicas=replicas)
        )
        store = await _provision_store(Settings(), check=check)
        lines += store.lines
        for line in lines:
            typer.echo(line if check else f"applied: {line}")
        if store.refusal:
            typer.echo(store.refusal, err=True)
        if not lines:
            typer.echo("The event log is as declared.")
        return FAILED if check and lines else OK


async def _provision_store(settings: Settings, *, check: bool) -> RuleReport:
    """What is missing of the store's bucket and rules, or was made; nothing where no store is set.

    `lectern up` has a store of its own, which its runner looks after.
    """
    if not settings.s3_access_key:
        return RuleReport()
    bucket = f"store bucket {settings.s3_bucket}"
    try:
        found = await find_bucket(settings, make=not check)
        if check and not found:
            return RuleReport(lines=[f"{bucket} is missing"])
        rules = await apply_rules(settings, change=not check)
    except Unavailable as error:
        raise ProblemError(error.problem) from error
    return RuleReport(lines=[*([] if found else [bucket]), *rules.lines], refusal=rules.refusal)
