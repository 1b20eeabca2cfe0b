"""Runs one program that may be taken over, under a guard: a fork of the broker that ends the program's whole tree.

Where the kernel allows it, the program is process 1 of a PID namespace: all that it started dies with it, whatever it
did to hide. Elsewhere it may start no process. The guard ends with the broker, and the program with the guard.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from lectern.confinement import kernel, landlock, seccomp
from lectern.contracts.decoding import UNREADABLE
from lectern.renderer.sandbox.cancellation import wait_until_done
from lectern.renderer.sandbox.tex.pipes import read_to_end

OUTPUT_FILE = "output.txt"  # what the program printed, in its folder
_LOOK_INTERVAL = 0.1  # seconds between two looks at the folder
_REPORT, _LIFELINE = 3, 4


class ProgramLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one program and all it starts. CPU time, memory (address space) and file size count per process.

    A formula takes 0.3 s and 60 MB. The wall clock is only a backstop for a program that sleeps.
    """

    cpu_seconds: int = 5
    wall_seconds: float = 60.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 8 << 20
    folder_bytes: int = 32 << 20
    folder_entries: int = 512
    processes: int = 16
    open_files: int = 64
    nice: int = 0


class ProgramCell(msgspec.Struct, frozen=True, kw_only=True):
    """What confines a program besides its limits: `rules` are Landlock's, without the program's own folder.

    `namespace`: it gets a PID namespace of its own, and may start processes. `landlock_abi` 0 leaves out Landlock.
    """

    landlock_abi: int
    rules: tuple[tuple[str, int], ...]
    program_filter: bytes
    namespace: bool


class ProgramEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How a program ended. `stopped` says why the guard ended it: "wall", "disk" or "cancelled"; or "failed": it did
    not start, or its guard was lost; `detail` says more.

    `exit_code` is negative for a signal. `cpu_seconds` are those of the program and the processes it waited for.
    """

    exit_code: int = -signal.SIGKILL
    cpu_seconds: float = 0.0
    stopped: str = ""
    detail: str = ""


async def run_program(
    command: Sequence[str], environment: dict[str, str], folder: Path, cell: ProgramCell, limits: ProgramLimits
) -> ProgramEnd:
    """Runs the program in the folder and returns once its whole tree has ended, even when cancelled."""
    report, report_end = os.pipe()
    lifeline, lifeline_end = os.pipe()
    broker = os.getpid()
    try:
        guard = os.fork()
        if guard == 0:
            _guard_and_exit(lambda: _guard(command, environment, folder, cell, limits, broker), report_end, lifeline)
    except OSError as error:
        os.close(lifeline_end)
        os.close(report)
        return ProgramEnd(stopped="failed", detail=str(error))
    finally:
        os.close(report_end)
        os.close(lifeline)
    os.set_blocking(report, False)
    reading = asyncio.ensure_future(read_to_end(report))
    try:
        data = await asyncio.shield(reading)
    except asyncio.CancelledError:
        os.close(lifeline_end)
        lifeline_end = -1
        await wait_until_done(reading)
        raise
    finally:
        if lifeline_end >= 0:
            os.close(lifeline_end)
        _reap(guard)
        os.close(report)
    try:
        return msgspec.msgpack.decode(data, type=ProgramEnd)
    except UNREADABLE:
        return ProgramEnd(stopped="failed", detail="its guard was killed")


def _reap(guard: int) -> None:
    os.waitpid(guard, 0)  # it has reported, or lost its pipe: it is about to end


def _guard_and_exit(guard: Callable[[], ProgramEnd], report: int, lifeline: int) -> NoReturn:
    """Runs the guard in a fresh fork, reports the program's end, and exits without running the broker's handlers."""
    try:
        _keep_only(report, lifeline)
        try:
            end = guard()
        except Exception as error:
            end = ProgramEnd(stopped="failed", detail=f"{type(error).__name__}: {error}")
        os.write(_REPORT, msgspec.msgpack.encode(end))
    finally:
        os._exit(0)


def _keep_only(report: int, lifeline: int) -> None:
    """Gives both pipes their fixed numbers and closes all others: a fork must hold no pipe of a job open."""
    import fcntl

    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in (report, lifeline)]
    for number, fd in zip((_REPORT, _LIFELINE), high, strict=True):
        os.dup2(fd, number, inheritable=False)
    os.closerange(_LIFELINE + 1, os.sysconf("SC_OPEN_MAX"))


def _guard(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    cell: ProgramCell,
    limits: ProgramLimits,
    broker: int,
) -> ProgramEnd:
    os.setsid()
    os.nice(limits.nice)
    if cell.namespace:
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after unshare, which clears it
    if os.getppid() != broker:
        return ProgramEnd(stopped="failed", detail="the broker has died")
    watch, held = os.pipe()
    with open(folder / OUTPUT_FILE, "wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=lambda: _confine(folder, cell, limits, watch, held),
        )
    try:
        stopped = _watch(process.pid, folder, limits)
    finally:
        process.kill()
        process.wait()  # the first process of a namespace is only gone once all others in it are
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ProgramEnd(
        exit_code=process.returncode, cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3), stopped=stopped
    )


def _watch(pid: int, folder: Path, limits: ProgramLimits) -> str:
    """Waits for the program's end. Returns "" or why it has to be ended now."""
    deadline = time.monotonic() + limits.wall_seconds
    pidfd = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    poll.register(_LIFELINE, select.POLLIN)
    while not (ready := poll.poll(_LOOK_INTERVAL * 1000)):
        if time.monotonic() > deadline:
            return "wall"
        if _is_too_full(folder, limits):
            return "disk"
    if pidfd not in dict(ready):
        return "cancelled"
    return "disk" if _is_too_full(folder, limits) else ""


def _is_too_full(folder: Path, limits: ProgramLimits) -> bool:
    size = entries = 0
    pending = [str(folder)]
    try:
        while pending:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    with contextlib.suppress(FileNotFoundError):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
                    if entries > limits.folder_entries or size > limits.folder_bytes:
                        return True
    except FileNotFoundError:
        return False
    except OSError:
        return True  # a path too long to be looked at
    return False


def _confine(folder: Path, cell: ProgramCell, limits: ProgramLimits, watch: int, held: int) -> None:
    """Confines the program's process before it starts. `watch` ends when the guard, which keeps `held`, has died."""
    os.close(held)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    watching = select.poll()
    watching.register(watch, select.POLLIN)
    if watching.poll(0):
        raise OSError("the guard has died")
    values = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: kernel.NO_CORE_DUMP,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if cell.namespace:  # elsewhere all processes of the user count; there it may start none anyway
        values[resource.RLIMIT_NPROC] = limits.processes
    for limit, value in values.items():
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()
    if cell.landlock_abi:
        landlock.restrict(cell.landlock_abi, [*cell.rules, (str(folder), landlock.READ_WRITE)])
    seccomp.load_program(cell.program_filter)
