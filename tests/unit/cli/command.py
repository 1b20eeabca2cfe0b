"""Running the `lectern` command, in a process of its own or in this one."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from lectern.cli.app import app


@dataclass(frozen=True)
class CommandResult:
    """The exit status and output of a command."""

    status: int
    out: str
    err: str


async def start_lectern(*args: str, home: Path, **environment: str) -> asyncio.subprocess.Process:
    """Starts the command as a process with its output piped."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lectern.cli", *args,
        env={**os.environ, "LECTERN_HOME": str(home), "COLUMNS": "200", **environment},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=home.parent,
    )  # fmt: skip


async def run_lectern(*args: str, home: Path, **environment: str) -> CommandResult:
    """Runs the command in a process, to its end."""
    process = await start_lectern(*args, home=home, **environment)
    out, err = await process.communicate()
    assert process.returncode is not None
    return CommandResult(process.returncode, out.decode(), err.decode())


def invoke_lectern(*args: str, home: Path, **environment: str) -> CommandResult:
    """Runs the command in this process: much faster, for commands that start nothing. Needs the main thread."""
    env = {"LECTERN_HOME": str(home), "COLUMNS": "200", **environment}
    result = CliRunner().invoke(app, args, env=env, catch_exceptions=False)
    return CommandResult(result.exit_code, result.stdout, result.stderr)


async def invoke_in_thread(*args: str, home: Path, **environment: str) -> CommandResult:
    """Runs the command in a thread of this process, for commands that handle no signals."""
    return await asyncio.to_thread(invoke_lectern, *args, home=home, **environment)
