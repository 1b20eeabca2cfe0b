"""Running other programs: bounded in time, killed with all they started, the end of what they said kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

_TAIL = 8 * 1024  # bytes of stderr worth showing


class ProcessFailed(Exception):
    """A program ended badly. `tail` is the end of what it wrote to stderr."""

    def __init__(self, program: str, code: int | None, tail: str) -> None:
        what = "ran out of time" if code is None else f"ended with status {code}"
        super().__init__(f"{program} {what}: {tail.strip()[-500:] or 'it said nothing'}")
        self.program = program
        self.code = code
        self.tail = tail


async def _read_tail(stream: asyncio.StreamReader) -> str:
    chunks: deque[bytes] = deque()
    size = 0
    while chunk := await stream.read(4096):
        chunks.append(chunk)
        size += len(chunk)
        while size - len(chunks[0]) >= _TAIL:
            size -= len(chunks.popleft())
    return b"".join(chunks).decode("utf-8", "replace")[-_TAIL:]


def kill_group(pid: int) -> None:
    """Ends a process that leads its own group, and all in the group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def run_process(
    argv: Sequence[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
) -> tuple[bytes, str]:
    """Runs a program to its end; returns (stdout, end of stderr).

    `timeout` in seconds. Raises ProcessFailed on a bad status or at the timeout. Cancelling kills the process group.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None

    async def feed() -> None:
        if stdin is not None and process.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(stdin)
                await process.stdin.drain()
            process.stdin.close()

    try:
        async with asyncio.timeout(timeout):
            out, tail, _ = await asyncio.gather(process.stdout.read(), _read_tail(process.stderr), feed())
            code = await process.wait()
    except TimeoutError:
        raise ProcessFailed(Path(argv[0]).name, None, "") from None
    finally:
        if process.returncode is None:
            kill_group(process.pid)
            await asyncio.shield(process.wait())
    if code != 0:
        raise ProcessFailed(Path(argv[0]).name, code, tail)
    return out, tail


async def run_ffmpeg(args: Sequence[str], *, timeout: float, cwd: Path | None = None) -> str:
    """Runs ffmpeg with `args` (without the program's name); returns the end of what it logged.

    Raises ProcessFailed. The input is never the terminal, and existing outputs are replaced.
    """
    argv = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y", *args]
    _, tail = await run_process(argv, timeout=timeout, cwd=cwd)
    return tail
