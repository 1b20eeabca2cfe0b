"""Watches one running job from outside: its time, log, disk and threads; kills it when it exceeds a limit."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

import msgspec

from lectern.contracts.plain_text import clean_text
from lectern.renderer.sandbox.cancellation import finish
from lectern.renderer.sandbox.disk_usage import (
    DiskUsage,
    count_threads,
    has_lost_its_first_thread,
    is_disk_full,
    measure_deleted_files,
    measure_filesystem,
    measure_folder,
)
from lectern.renderer.sandbox.job import JobLimits, KillReason
from lectern.renderer.sandbox.job_clock import HelpTimes, JobClock, JobTimes
from lectern.renderer.sandbox.processor_demand import WINDOW_SECONDS, ProcessorDemand

LOG_TAIL_BYTES = 32 * 1024
LOOK_INTERVAL = 0.1  # seconds of rest between two looks at a job


class RunningJob(msgspec.Struct, frozen=True, kw_only=True):
    """A started job as its watcher sees it. The watcher closes none of these descriptors."""

    pidfd: int
    log: int
    output: int
    folder: int | None  # the job folder on disk; None: there is none it can write to
    filesystem: int | None  # the job's folder in a file system of its own, where it writes instead
    inputs: DiskUsage  # what was in the folder before the job, and does not count as its output
    proc: str  # /proc/<pid>, for its threads, their times, and files that are open but already unlinked
    kill: Callable[[], None]
    read_help: Callable[[], HelpTimes] = HelpTimes  # what the TeX broker does for it


class WatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a watched job: why the watcher killed it (None: it exited by itself), and the end of its log.

    `disk_full`: at some look the disk under its folder had no room left.
    """

    killed: KillReason | None
    reason: str
    wall_seconds: float
    log_tail: str
    disk_full: bool


async def watch_job(job: RunningJob, limits: JobLimits, on_output: Callable[[bytes], object]) -> WatchReport:
    """Returns when the job has ended. When cancelled, kills the job first and then raises.

    `on_output` is called with what the job writes to its output pipe, in pieces as they come.
    """
    return await _Watcher(job, limits, on_output).run()


class _Watcher:
    def __init__(self, job: RunningJob, limits: JobLimits, on_output: Callable[[bytes], object]) -> None:
        self._job = job
        self._limits = limits
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._killed: KillReason | None = None
        self._reason = ""
        self._log_tail = bytearray()
        self._log_bytes = 0
        self._output_bytes = 0
        self._disk_full = False

    async def run(self) -> WatchReport:
        job, loop = self._job, self._loop
        started = time.monotonic()
        for fd in (job.log, job.output):
            os.set_blocking(fd, False)
        loop.add_reader(job.pidfd, self._on_exit)
        loop.add_reader(job.log, self._read_log)
        loop.add_reader(job.output, self._read_output)
        timing = asyncio.create_task(self._watch_time())
        looking = asyncio.create_task(self._look_repeatedly())
        try:
            await self._ended
            self._read_log()
            self._read_output()
            if self._killed is None and (exceeded := self._find_last_excess()):
                self._killed, self._reason = exceeded
        except asyncio.CancelledError:
            job.kill()
            raise
        finally:
            timing.cancel()
            looking.cancel()
            for fd in (job.pidfd, job.log, job.output):
                loop.remove_reader(fd)
            await asyncio.gather(timing, looking, return_exceptions=True)
        return WatchReport(
            killed=self._killed,
            reason=self._reason,
            wall_seconds=time.monotonic() - started,
            log_tail=decode_tail(bytes(self._log_tail)),
            disk_full=self._disk_full,
        )

    def _kill(self, killed: KillReason, reason: str) -> None:
        if self._killed is None:
            self._killed, self._reason = killed, reason
        self._job.kill()

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._job.pidfd)
        if not self._ended.done():
            self._ended.set_result(None)

    def _read_log(self) -> None:
        data = _read(self._job.log)
        if data is None:
            return
        if not data:
            self._loop.remove_reader(self._job.log)
            return
        self._log_bytes += len(data)
        self._log_tail.extend(data)
        del self._log_tail[:-LOG_TAIL_BYTES]
        if self._log_bytes > self._limits.log_bytes:
            self._kill("log", f"the scene printed more than {self._limits.log_bytes} bytes")

    def _read_output(self) -> None:
        data = _read(self._job.output)
        if data == b"":
            self._loop.remove_reader(self._job.output)
        elif data:
            self._output_bytes += len(data)
            if self._output_bytes > self._limits.log_bytes:
                self._kill("log", f"the scene reported more than {self._limits.log_bytes} bytes of progress")
            self._on_output(data)

    async def _watch_time(self) -> None:
        clock, demand = JobClock(self._job.proc, read_help=self._job.read_help), ProcessorDemand()
        while True:
            times = clock.read()
            if exceeded := find_exceeded_time(times, self._limits):
                self._kill(*exceeded)
            if demand.add(times) > self._limits.processors:
                most, seconds = self._limits.processors, WINDOW_SECONDS
                self._kill("threads", f"the scene wanted more than {most:g} processors for {seconds:g} seconds")
            await asyncio.sleep(LOOK_INTERVAL)

    async def _look_repeatedly(self) -> None:
        """Looks in a thread: one job's files and threads may hold up neither the other jobs nor the agent."""
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            exceeded = await finish(asyncio.ensure_future(asyncio.to_thread(self._find_excess)))
            if exceeded:
                self._kill(*exceeded)

    def _find_excess(self) -> tuple[KillReason, str] | None:
        limits = self._limits
        if excess := _judge_usage(self._measure_usage(), limits):
            return excess
        if (threads := count_threads(self._job.proc)) > limits.processes:
            return "threads", f"the scene started more than {limits.processes} threads ({threads})"
        if has_lost_its_first_thread(self._job.proc):
            return "crash", "the scene ended its first thread and went on with others"
        return None

    def _measure_usage(self) -> DiskUsage:
        job, limits = self._job, self._limits
        if job.filesystem is not None:
            return measure_filesystem(job.filesystem, limits)
        usage = DiskUsage()
        if job.folder is not None:
            self._disk_full |= is_disk_full(job.folder)
            usage = measure_folder(job.folder, limits.files + job.inputs.files)
        size = usage.size - job.inputs.size + measure_deleted_files(job.proc)
        return msgspec.structs.replace(usage, size=size, files=usage.files - job.inputs.files)

    def _find_last_excess(self) -> tuple[KillReason, str] | None:
        """Looks at what costs nothing to look at. A job that has filled its file system may not live to be seen."""
        if self._job.filesystem is not None:
            return _judge_usage(measure_filesystem(self._job.filesystem, self._limits), self._limits)
        if self._job.folder is not None:
            self._disk_full |= is_disk_full(self._job.folder)
        return None


def _judge_usage(usage: DiskUsage, limits: JobLimits) -> tuple[KillReason, str] | None:
    if usage.fault:
        return "output", usage.fault
    if usage.size > limits.output_bytes:
        return "output", f"the scene wrote more than {limits.output_bytes} bytes"
    if usage.files > limits.files:
        return "output", f"the scene made more than {limits.files} files"
    return None


def decode_tail(log: bytes) -> str:
    """Decodes the end of a log, without what acts on a terminal.

    The text has at most `LOG_TAIL_BYTES` as UTF-8: invalid bytes grow when replaced.
    """
    text = clean_text(log.decode("utf-8", "replace")).encode()
    return text[-LOG_TAIL_BYTES:].decode("utf-8", "ignore")


def find_exceeded_time(times: JobTimes, limits: JobLimits) -> tuple[KillReason, str] | None:
    """Finds which limit on time a job has exceeded, and says so in words; None while it has exceeded none."""
    if times.cpu > limits.cpu_seconds:
        return "cpu", f"the scene used more than {limits.cpu_seconds:g} seconds of computing"
    if times.idle > limits.idle_seconds:
        return "idle", f"the scene slept for more than {limits.idle_seconds:g} seconds, in which it computed nothing"
    if times.helped > limits.formula_seconds:
        return "cpu", f"the scene's formulas took more than {limits.formula_seconds:g} seconds of computing"
    if times.elapsed > limits.wall_seconds:
        got = f"in {times.elapsed:.0f} seconds the scene got {times.cpu:.1f} seconds of computing"
        return "starved", f"this machine is too busy: {got}"
    return None


def _read(fd: int) -> bytes | None:
    try:
        return os.read(fd, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""
