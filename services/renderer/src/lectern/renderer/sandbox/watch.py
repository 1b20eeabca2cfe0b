"""Watches one running job from outside: wall clock, log, disk, progress; ends it when it goes too far."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import stat
import time
from collections.abc import Callable

import msgspec

from lectern.renderer.sandbox.job import Killed, Limits, OnProgress

TAIL_BYTES = 32 * 1024
PROGRESS_LINE = 200  # bytes; an honest line has under 40
SCAN_SECONDS = 0.1


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A started job as its watcher needs it. The watcher closes none of these descriptors."""

    pidfd: int
    log: int
    output: int
    folder: int | None  # None: there is no folder it can write to
    proc: str  # /proc/<pid>, to count files that are open but already unlinked
    kill: Callable[[], None]


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """Why the watcher ended a job (None: it ended by itself), how long it ran, the last of what it printed."""

    killed: Killed | None
    reason: str
    wall_seconds: float
    log_tail: str


async def watch(running: Running, limits: Limits, on_output: Callable[[bytes], object]) -> Ending:
    """Returns when the job has ended; on cancellation kills it first, then re-raises.

    `on_output` gets what the job writes to its output pipe, in pieces as they come.
    """
    loop = asyncio.get_running_loop()
    started = time.monotonic()
    verdict: list[tuple[Killed, str]] = []
    gone: asyncio.Future[None] = loop.create_future()
    tail = bytearray()
    seen = 0

    def stop(why: Killed, reason: str) -> None:
        if not verdict:
            verdict.append((why, reason))
        running.kill()

    def ended() -> None:
        loop.remove_reader(running.pidfd)
        if not gone.done():
            gone.set_result(None)

    def log_ready() -> None:
        nonlocal seen
        data = _read(running.log)
        if data is None:
            return
        if not data:
            loop.remove_reader(running.log)
            return
        seen += len(data)
        tail.extend(data)
        del tail[:-TAIL_BYTES]
        if seen > limits.log_bytes:
            stop("log", f"the scene printed more than {limits.log_bytes} bytes")

    def output_ready() -> None:
        data = _read(running.output)
        if data == b"":
            loop.remove_reader(running.output)
        elif data:
            on_output(data)

    for fd in (running.log, running.output):
        os.set_blocking(fd, False)
    loop.add_reader(running.pidfd, ended)
    loop.add_reader(running.log, log_ready)
    loop.add_reader(running.output, output_ready)
    deadline = loop.call_later(
        limits.wall_seconds, stop, "wall", f"the scene ran longer than {limits.wall_seconds:g} seconds"
    )
    use = asyncio.create_task(_watch_use(running, limits, stop))
    try:
        await gone
        log_ready()
        output_ready()
    except asyncio.CancelledError:
        running.kill()
        raise
    finally:
        deadline.cancel()
        use.cancel()
        for fd in (running.pidfd, running.log, running.output):
            loop.remove_reader(fd)
        with contextlib.suppress(asyncio.CancelledError):
            await use
    killed, reason = verdict[0] if verdict else (None, "")
    return Ending(
        killed=killed,
        reason=reason,
        wall_seconds=time.monotonic() - started,
        log_tail=bytes(tail).decode("utf-8", "replace"),
    )


def _read(fd: int) -> bytes | None:
    try:
        return os.read(fd, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""


class ProgressLines:
    """Splits what the job writes into progress lines; hostile code may write anything, at any speed."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._rest = b""
        self._last = 0.0
        self._done = -1

    def __call__(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:PROGRESS_LINE]
        now = time.monotonic()
        if not lines or self._on_progress is None:
            return
        frames = _frames(lines[-1])
        if frames is not None and (now - self._last >= 0.05 or frames[0] == frames[1] != self._done):
            self._last = now
            self._done = frames[0] if frames[0] == frames[1] else -1
            self._on_progress(*frames)


def _frames(line: bytes) -> tuple[int, int] | None:
    if len(line) > PROGRESS_LINE:
        return None
    try:
        said = json.loads(line)
        frames, of = said["frames"], said["of"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(frames) is not int or type(of) is not int or not 0 <= frames <= of <= 10_000_000:
        return None
    return frames, of


async def _watch_use(running: Running, limits: Limits, stop: Callable[[Killed, str], None]) -> None:
    while True:
        started = time.monotonic()
        size, files = usage(running.folder, running.proc, limits.files)
        if size > limits.output_bytes:
            stop("output", f"the scene wrote more than {limits.output_bytes} bytes")
        elif files > limits.files:
            stop("output", f"the scene made more than {limits.files} files")
        elif (threads := threads_of(running.proc)) > limits.processes:
            stop("threads", f"the scene started more than {limits.processes} threads ({threads})")
        # A scan may take a tenth of the watcher's time at most, however many files there are.
        await asyncio.sleep(max(SCAN_SECONDS, 10 * (time.monotonic() - started)))


def threads_of(proc: str) -> int:
    try:
        return len(os.listdir(f"{proc}/task"))
    except OSError:
        return 0


def usage(folder: int | None, proc: str, most_files: int) -> tuple[int, int]:
    """Bytes on disk and entries below the folder, plus bytes of files the job unlinked but holds open.

    Counting stops just past `most_files` entries.
    """
    size = files = 0
    pending = [] if folder is None else [f"/proc/self/fd/{folder}"]
    while pending and files <= most_files:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    files += 1
                    if files > most_files:
                        break
                    with contextlib.suppress(OSError):
                        facts = entry.stat(follow_symlinks=False)
                        size += facts.st_blocks * 512
                        if stat.S_ISDIR(facts.st_mode):
                            pending.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            files = most_files + 1  # too deep or unreadable: no honest scene does that
    with contextlib.suppress(OSError):
        for number in os.listdir(f"{proc}/fd"):
            with contextlib.suppress(OSError):
                facts = os.stat(f"{proc}/fd/{number}")
                if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 0:
                    size += facts.st_blocks * 512
    return size, files
