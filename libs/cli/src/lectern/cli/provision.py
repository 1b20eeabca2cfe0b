"""`lectern provision`: applies the declared topology, or reports where a server differs from it."""

from __future__ import annotations

from pathlib import Path

import typer

from lectern.cli.exit_status import FAILED, OK
from lectern.cli.nats_connection import connect_event_log
from lectern.contracts.problems import ProblemError
from lectern.worker import Settings, Unavailable, apply_topology, find_drift
from lectern.worker.store import find_bucket


async def provision(nats_url: str, home: Path, *, check: bool, replicas: int | None) -> int:
    """Returns 0 when the server is, or now is, as declared; with `check`, 1 when it differs."""
    async with connect_event_log(nats_url, home) as client:
        lines = (
            await find_drift(client, replicas=replicas) if check else await apply_topology(client, replicas=replicas)
        )
        lines += await _provision_bucket(Settings(), check=check)
        for line in lines:
            typer.echo(line if check else f"applied: {line}")
        if not lines:
            typer.echo("The event log is as declared.")
        return FAILED if check and lines else OK


async def _provision_bucket(settings: Settings, *, check: bool) -> list[str]:
    """What is missing of the store's bucket, or was made; nothing where no store is set (`lectern up` has its own)."""
    if not settings.s3_access_key:
        return []
    try:
        found = await find_bucket(settings, make=not check)
    except Unavailable as error:
        raise ProblemError(error.problem) from error
    return [] if found else [f"store bucket {settings.s3_bucket}" + (" is missing" if check else "")]
