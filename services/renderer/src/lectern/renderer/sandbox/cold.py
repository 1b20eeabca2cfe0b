"""A pool without a zygote: every job starts its own interpreter. Slow to start, nothing shared between jobs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import folder as folders
from lectern.renderer.sandbox.job import Limits, OnProgress, RenderJob, RenderOutcome
from lectern.renderer.sandbox.judge import disk_outcome, judge
from lectern.renderer.sandbox.slots import cores_available
from lectern.renderer.sandbox.watch import ProgressLines, Running, watch
from lectern.renderer.sandbox.wire import Ended


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
            try:
                folder = await asyncio.to_thread(folders.make, self._root / "jobs", job)
            except OSError as error:
                return disk_outcome(error)
            try:
                return await self._run_in(folder, job, on_progress)
            finally:
                await asyncio.shield(asyncio.to_thread(folders.wipe, folder))

    async def _run_in(self, folder: Path, job: RenderJob, on_progress: OnProgress | None) -> RenderOutcome:
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
                output=progress,
                folder=folder_fd,
                proc=f"/proc/{child.pid}",
                kill=kill,
            )
            try:
                ending = await watch(running, job.limits, ProgressLines(on_progress))
            finally:
                kill()
                used = _reap(child)
            ended = Ended(
                id=0,
                exit_code=child.returncode,
                cpu_seconds=used.ru_utime + used.ru_stime,
                peak_memory_bytes=used.ru_maxrss * 1024,
                wall_seconds=ending.wall_seconds,
                killed=ending.killed,
                reason=ending.reason,
                log_tail=ending.log_tail,
            )
            return await asyncio.to_thread(judge, job, folder_fd, self._root / "footage", ended)


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
