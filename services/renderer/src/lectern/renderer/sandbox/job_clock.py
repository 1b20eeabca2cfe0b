"""Tells how a job spends its time, from outside: computing, waiting for a processor, or doing nothing.

Only the first and the last are the scene's own doing. Waiting for a processor is the machine's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

MAX_STEP_SECONDS = 1.0  # of doing nothing, between two readings: a reader that was late may have missed what was done
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_NANOSECONDS = 1e9
_READY_STATES = frozenset("RD")  # running or waiting for a processor; waiting for a disk or for memory


class JobTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds since the job began, over all its threads: `elapsed` on the wall, `cpu` of computing, `waiting` for a
    processor, and `idle`, in which no thread computed, waited for a processor, a disk, memory or a formula. `helped`
    is what others computed for it, in seconds."""

    elapsed: float = 0.0
    cpu: float = 0.0
    waiting: float = 0.0
    idle: float = 0.0
    helped: float = 0.0


class HelpTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What another process does for a job: whether it is at work now, and the seconds that it has computed in all."""

    working: bool = False
    cpu: float = 0.0


class JobClock:
    """Reads a job's times from its folder in /proc, each time it is asked.

    A processor's run queue is counted in `schedstat` (Linux, Documentation/scheduler/sched-stats.rst). On a kernel
    without it `waiting` is 0, and a thread that is found ready to run keeps the time from counting as idle.
    """

    def __init__(
        self,
        proc: str,
        now: Callable[[], float] = time.monotonic,
        read_help: Callable[[], HelpTimes] = HelpTimes,
    ) -> None:
        self._proc = Path(proc)
        self._now = now
        self._read_help = read_help
        self._started = self._read_at = now()
        self._threads: dict[str, tuple[int, int]] = {}
        self._times = JobTimes()

    def read(self) -> JobTimes:
        """Reads the job's times up to now. Once it is gone, they stay as they were but for `elapsed`."""
        now, before = self._now(), self._times
        step, self._read_at = now - self._read_at, now
        threads, ready = self._read_threads()
        if not threads:
            self._times = msgspec.structs.replace(before, elapsed=now - self._started)
            return self._times
        waited = sum(max(0, queued - self._threads.get(tid, (0, 0))[1]) for tid, (_, queued) in threads.items())
        self._threads = threads
        # The process's own count has the threads that have ended, the threads' has no ticks of 10 ms.
        cpu = max(before.cpu, self._read_process_cpu(), sum(ran for ran, _ in threads.values()) / _NANOSECONDS)
        helped = self._read_help()
        busy = cpu - before.cpu + waited / _NANOSECONDS
        self._times = JobTimes(
            elapsed=now - self._started,
            cpu=cpu,
            waiting=before.waiting + waited / _NANOSECONDS,
            idle=before.idle + (0.0 if ready or helped.working else min(MAX_STEP_SECONDS, max(0.0, step - busy))),
            helped=helped.cpu,
        )
        return self._times

    def _read_threads(self) -> tuple[dict[str, tuple[int, int]], bool]:
        """Reads nanoseconds on a processor and in its queue for each thread, and whether any is ready to run."""
        threads: dict[str, tuple[int, int]] = {}
        ready = False
        try:
            tids = os.listdir(self._proc / "task")
        except OSError:
            return {}, False
        for tid in tids:
            folder = self._proc / "task" / tid
            try:
                ready |= (folder / "stat").read_text().rpartition(")")[2].split()[0] in _READY_STATES
            except (OSError, IndexError):
                continue
            threads[tid] = _read_schedstat(folder / "schedstat")
        return threads, ready

    def _read_process_cpu(self) -> float:
        try:
            fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
        except (OSError, IndexError, ValueError):
            return 0.0


def _read_schedstat(path: Path) -> tuple[int, int]:
    try:
        ran, queued, *_ = path.read_text().split()
        return int(ran), int(queued)
    except (OSError, ValueError):
        return 0, 0
