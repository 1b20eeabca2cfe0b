"""The `lectern` command, run as its users run it."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from lectern.cli.app import app


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


async def started(*args: str, home: Path, **environment: str) -> asyncio.subprocess.Process:
    """The command as a process, its output piped."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lectern.cli", *args,
        env={**os.environ, "LECTERN_HOME": str(home), "COLUMNS": "200", **environment},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=home.parent,
    )  # fmt: skip


async def lectern(*args: str, home: Path, **environment: str) -> Ran:
    """The command, to its end."""
    process = await started(*args, home=home, **environment)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


async def invoked(*args: str, home: Path, **environment: str) -> Ran:
    """The command inside this process, in a thread with a loop of its own: for those that start nothing."""
    env = {"LECTERN_HOME": str(home), "COLUMNS": "200", **environment}
    result = await asyncio.to_thread(CliRunner().invoke, app, args, env=env, catch_exceptions=False)
    return Ran(result.exit_code, result.stdout, result.stderr)
