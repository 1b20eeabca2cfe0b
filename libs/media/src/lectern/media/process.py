"""Programs that run in a cell, with a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from lectern.confinement.cell import Cell, build_launch, find_layers
from lectern.tracing import record_span

STDERR_TAIL_BYTES = 8 * 1024
MAX_STDOUT_BYTES = 128 * 1024 * 1024  # 20 minutes of speech


class ProcessFailed(Exception):
    """A program failed: `code` is None for a timeout, 0 if it was stopped. `tail` is the end of its stderr."""

    def __init__(self, program: str, code: int | None, tail: str) -> None:
        reason = _describe_end(code)
        super().__init__(f"{program} {reason}: {tail.strip()[-500:] or 'no output on stderr'}")
        self.program = program
        self.code = code
        self.tail = tail


def _describe_end(code: int | None) -> str:
    if code is None:
        return "timed out"
    if code == 0:
        return "was stopped"
    if code == -signal.SIGXCPU:
        return "used up its CPU time"
    if code < 0:
        return f"was killed by signal {signal.Signals(-code).name}"
    return f"exited with status {code}"


async def run_process(
    argv: Sequence[str], cell: Cell, *, timeout: float, stdin: bytes | None = None
) -> tuple[bytes, str]:
    """Runs a program in its cell to completion and returns its stdout and the last 8 KiB of its stderr.

    `timeout` in seconds. Raises ProcessFailed for a non-zero exit status or a timeout, FileNotFoundError if there is no
    such program. Cancellation kills it and its process group.
    """
    with record_span(f"run {Path(argv[0]).name}"):
        return await _run_program(argv, cell, timeout, stdin)


async def _run_program(argv: Sequence[str], cell: Cell, timeout: float, stdin: bytes | None) -> tuple[bytes, str]:
    layers = await asyncio.to_thread(find_layers)
    command, environment = build_launch(cell, argv, layers)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=cell.folder,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    tail = b""
    reading = asyncio.create_task(_read_output(process.stdout))
    reading_tail = asyncio.create_task(_read_tail(process.stderr))
    writing = asyncio.create_task(_write_stdin(process, stdin))
    try:
        async with asyncio.timeout(timeout):
            output, tail, _ = await asyncio.gather(reading, reading_tail, writing)
            code = await process.wait()
    except TimeoutError:
        raise ProcessFailed(Path(argv[0]).name, None, "") from None
    except _OutputTooLong:
        raise ProcessFailed(Path(argv[0]).name, 0, f"it printed more than {MAX_STDOUT_BYTES} bytes") from None
    finally:
        for transfer in (reading, reading_tail, writing):
            transfer.cancel()
        if process.returncode is None:
            await asyncio.shield(_end(process))
    stderr = tail.decode("utf-8", "replace")
    if code != 0:
        raise ProcessFailed(Path(argv[0]).name, code, stderr)
    return output, stderr


def describe_cells() -> dict[str, str]:
    """Returns the state of each layer of the cells in which programs run: "active", or "off: " and the reason.

    The first call starts a process, which tries them.
    """
    return {f"cell.{layer}": state for layer, state in find_layers().states.items()}


def _kill_group(pid: int) -> None:
    """Kills a process that leads its own group, and everything in that group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kills a program with its group and reaps it.

    asyncio reports its exit only after the end of its pipes, and sees no end of a pipe that nobody reads from.
    """
    _kill_group(process.pid)
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(1 << 16):
            pass
    await process.wait()


class _OutputTooLong(Exception):
    """A program printed more than any honest one does."""


async def _read_output(stream: asyncio.StreamReader) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.read(1 << 20):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_STDOUT_BYTES:
            raise _OutputTooLong
    return b"".join(chunks)


async def _read_tail(stream: asyncio.StreamReader) -> bytes:
    chunks: deque[bytes] = deque()
    size = 0
    while chunk := await stream.read(4096):
        chunks.append(chunk)
        size += len(chunk)
        while size - len(chunks[0]) >= STDERR_TAIL_BYTES:
            size -= len(chunks.popleft())
    return b"".join(chunks)[-STDERR_TAIL_BYTES:]


async def _write_stdin(process: asyncio.subprocess.Process, data: bytes | None) -> None:
    if data is None or process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()
