"""A pool without a zygote: every job starts its own interpreter. Slow to start, nothing shared between jobs."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import folder as folders
from lectern.renderer.sandbox.job import Limits, OnProgress, RenderJob, RenderOutcome
from lectern.renderer.sandbox.slots import cores_available
from lectern.renderer.sandbox.watch import Ending, Running, watch


class ColdPool:
    """Runs each job in a fresh interpreter, in its own session, under resource limits."""

    def __init__(self, *, root: Path | None = None, slots: int | None = None) -> None:
        self._slots = slots or cores_available()
        self._free = asyncio.Semaphore(self._slots)
        self._given_root = root
        self._root = root or Path()

    @property
    def slots(self) -> int:
        return self._slots

    async def start(self) -> None:
        self._root = self._given_root or Path(tempfile.mkdtemp(prefix="lectern-render-"))
        for name in ("jobs", "footage"):
            (self._root / name).mkdir(parents=True, exist_ok=True)

    async def close(self) -> None:
        if self._given_root is None and self._root != Path():
            await asyncio.to_thread(folders.wipe, self._root)
            self._root = Path()

    def layers(self) -> Mapping[str, str]:
        return {"rlimits": "active"}

    async def run(self, job: RenderJob, on_progress: OnProgress | None = None) -> RenderOutcome:
        async with self._free:
            started = time.monotonic()
            try:
                folder = await asyncio.to_thread(folders.make, self._root / "jobs", job)
            except OSError as error:
                return disk_outcome(error)
            try:
                return await self._run_in(folder, job, on_progress, started)
            finally:
                await asyncio.shield(asyncio.to_thread(folders.wipe, folder))

    async def _run_in(
        self, folder: Path, job: RenderJob, on_progress: OnProgress | None, started: float
    ) -> RenderOutcome:
        with contextlib.ExitStack() as fds:

            def keep(fd: int) -> int:
                fds.callback(os.close, fd)
                return fd

            log, log_end = os.pipe()
            progress, progress_end = os.pipe()
            keep(log), keep(progress)
            folder_fd = keep(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
            child = _spawn(folder, job.limits, log_end, progress_end)

            def kill() -> None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)

            running = Running(
                pidfd=keep(os.pidfd_open(child.pid)),
                log=log,
                progress=progress,
                folder=folder_fd,
                proc=f"/proc/{child.pid}",
                kill=kill,
            )
            try:
                ending = await watch(running, job.limits, on_progress)
            finally:
                kill()
                used = _reap(child)
            spent = RenderOutcome(
                ok=False,
                cpu_seconds=used.ru_utime + used.ru_stime,
                wall_seconds=time.monotonic() - started,
                peak_memory_bytes=used.ru_maxrss * 1024,
                log_tail=ending.log_tail,
            )
            shelf = self._root / "footage"
            return await asyncio.to_thread(judge, job, folder_fd, shelf, child.returncode, ending, spent)


def _spawn(folder: Path, limits: Limits, log: int, progress: int) -> subprocess.Popen[bytes]:
    """Starts the child and closes this process's copies of its ends of the two pipes."""
    encoded = msgspec.json.encode(limits).decode()
    try:
        return subprocess.Popen(
            (sys.executable, "-I", "-m", "lectern.renderer.sandbox.cold_child", str(progress), encoded),
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(progress,),
            start_new_session=True,
        )
    finally:
        os.close(log)
        os.close(progress)


def _reap(child: subprocess.Popen[bytes]) -> resource.struct_rusage:
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used


def judge(
    job: RenderJob, folder_fd: int, footage_root: Path, exit_code: int, ending: Ending, spent: RenderOutcome
) -> RenderOutcome:
    """What a finished run amounts to. Reads the folder, so call it only when the job's processes are gone."""
    replace = msgspec.structs.replace
    if ending.killed:
        return replace(spent, killed=ending.killed, reason=ending.reason)
    if exit_code != 0:
        return replace(spent, **_crash(job, exit_code, spent))
    try:
        result = folders.read_result(folder_fd)
    except folders.NotAccepted as error:
        return replace(spent, killed="crash", reason=f"the scene ended without a usable result ({error})")
    if not result.ok or job.settings.get("mode") == "measure":
        return replace(spent, ok=result.ok, result=result)
    try:
        fd = folders.take(folder_fd, "footage.mp4", job.limits.output_bytes)
    except folders.NotAccepted as error:
        return replace(spent, result=result, killed="sandbox", reason=f"the footage was refused ({error})")
    try:
        with tempfile.NamedTemporaryFile(suffix=".mp4", dir=footage_root, delete=False) as file:
            target = Path(file.name)
        target.unlink()
        folders.move_out(fd, target)
    except OSError as error:
        return replace(disk_outcome(error), result=result, log_tail=spent.log_tail)
    finally:
        os.close(fd)
    return replace(spent, ok=True, result=result, footage=target)


def _crash(job: RenderJob, exit_code: int, spent: RenderOutcome) -> dict[str, str]:
    if exit_code == -signal.SIGXCPU or (exit_code == -signal.SIGKILL and spent.cpu_seconds >= job.limits.cpu_seconds):
        return {"killed": "cpu", "reason": f"the scene used more than {job.limits.cpu_seconds:g} seconds of CPU"}
    if exit_code == -signal.SIGKILL:
        return {"killed": "memory", "reason": "the kernel killed the scene, most likely for its memory"}
    if exit_code < 0:
        return {"killed": "crash", "reason": f"the scene died of signal {signal.Signals(-exit_code).name}"}
    return {"killed": "crash", "reason": f"the scene's process ended with status {exit_code}"}


def disk_outcome(error: OSError) -> RenderOutcome:
    """The outcome when the renderer itself cannot write: a full disk, or one it may not write to."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "Free space where the renderer keeps its jobs." if full else "Check the renderer's work folder."
    return RenderOutcome(ok=False, killed="disk", reason=f"{error}. {remedy}")
