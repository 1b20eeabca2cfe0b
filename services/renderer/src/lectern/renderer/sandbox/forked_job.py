"""Runs one job in a fork of a zygote: its pipes, its watcher and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec

from lectern.renderer.sandbox.cancellation import finish
from lectern.renderer.sandbox.child_processes import TexBrokerProcess, ZygoteProcess
from lectern.renderer.sandbox.disk_usage import DiskUsage, measure_folder
from lectern.renderer.sandbox.job import ProgressCallback
from lectern.renderer.sandbox.job_clock import HelpTimes
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import (
    ConfinementFailed,
    FolderMounted,
    JobEnded,
    JobExited,
    SandboxUnavailable,
    StartJob,
)
from lectern.renderer.sandbox.progress_lines import ProgressLines
from lectern.renderer.sandbox.watcher import RunningJob, WatchReport, watch_job

CONFINEMENT_SECONDS = 60.0  # on the wall; it takes milliseconds, and seconds on a machine that is far too busy
_MOST_INPUTS = 1 << 16  # the agent made them: this only has to be large enough
MAX_PROBE_OUTPUT = 4096  # bytes; an honest report has under 200


class ZygoteUnavailable(Exception):
    """No job can be started: the zygote could not set up its sandbox. The message says why."""


async def run_forked_job(
    zygote: ZygoteProcess,
    start: StartJob,
    file: int,
    broker: TexBrokerProcess | None,
    on_progress: ProgressCallback,
    open_fds: contextlib.ExitStack,
) -> tuple[JobEnded, list[int]]:
    """Runs the job and returns once its process is gone, even when cancelled.

    `file` is the job folder (render) or the footage (probe). Returns the job's end, and the folder with its outputs if
    that is another one; `open_fds` closes it, with all else that is opened here.
    Raises ZygoteUnavailable when the zygote cannot start jobs.
    """
    zygote_report = await asyncio.shield(zygote.ready)
    if isinstance(zygote_report, SandboxUnavailable):
        zygote.kill()
        raise ZygoteUnavailable(zygote_report.reason)
    inputs = measure_folder(file, _MOST_INPUTS) if start.kind == "render" else DiskUsage()
    log, log_end = os.pipe()
    open_fds.callback(os.close, log)
    output, output_end = os.pipe()
    open_fds.callback(os.close, output)
    report, report_end = MessageSocket.pair()
    open_fds.callback(report.close)
    job_ends = [log_end, output_end, report_end.detach()]
    try:
        if start.kind == "render" and broker is not None:
            job_ends += broker.connect(start.id, start.limits.nice)
        zygote.socket.send(start, [file, *job_ends])
    finally:
        for fd in job_ends:
            os.close(fd)
    pidfd = await _wait_for_fork(zygote, start.id, open_fds)
    outputs: list[int] = []
    try:
        if fault := await _wait_for_confinement(report, outputs, open_fds):
            _kill(pidfd)
            return _describe_unconfined(start.id, fault), []
        job = RunningJob(
            pidfd=pidfd,
            log=log,
            output=output,
            folder=file if start.kind == "render" else None,
            filesystem=outputs[0] if outputs else None,
            inputs=inputs,
            proc=_find_proc_folder(pidfd),
            kill=lambda: _kill(pidfd),
            read_help=(lambda: broker.read_help(start.id)) if broker is not None else HelpTimes,
        )
        probe_output = bytearray()
        listener = _build_collector(probe_output) if start.kind == "probe" else ProgressLines(start.frames, on_progress)
        watched = await watch_job(job, start.limits, listener)
    except asyncio.CancelledError:
        _kill(pidfd)
        zygote.tainted = True
        raise
    finally:
        exited = await finish(zygote.exited[start.id])
    if exited is None:
        reason = "the zygote died during the job"  # of another job or of the machine, as far as anyone knows
        return JobEnded(id=start.id, exit_code=-signal.SIGKILL, killed="sandbox", reason=reason, begun=True), []
    if watched.killed or exited.exit_code < 0:
        zygote.tainted = True
    return _describe_end(exited, watched, bytes(probe_output)), outputs


async def _wait_for_fork(zygote: ZygoteProcess, job: int, open_fds: contextlib.ExitStack) -> int:
    """Waits until the job is forked and returns its pidfd, which `open_fds` closes.

    A cancellation continues only once the job is gone: a job that is just being forked must be killed as well.
    """
    try:
        pidfd = await finish(zygote.started[job])
        open_fds.callback(os.close, pidfd)
        return pidfd
    except asyncio.CancelledError:
        pidfd = zygote.started[job].result()
        open_fds.callback(os.close, pidfd)
        _kill(pidfd)
        await finish(zygote.exited[job])
        raise


def _build_collector(collected: bytearray) -> Callable[[bytes], object]:
    return lambda data: collected.extend(data[: MAX_PROBE_OUTPUT - len(collected)])


async def _wait_for_confinement(report: MessageSocket, outputs: list[int], open_fds: contextlib.ExitStack) -> str:
    """Waits until the job says whether it is confined. Returns "", or why it is not.

    Until then it has read nothing of the scene. A job that dies here was killed by the machine. The folder of its own,
    if it reports one, is added to `outputs`.
    """
    try:
        async with asyncio.timeout(CONFINEMENT_SECONDS):
            while received := await report.wait_for_message():
                message, files = received
                for fd in files:
                    open_fds.callback(os.close, fd)
                match message:
                    case FolderMounted():
                        outputs += files
                    case ConfinementFailed(reason=reason):
                        return reason
                    case _:
                        return ""
    except TimeoutError:
        return f"a job could not confine itself within {CONFINEMENT_SECONDS:g} seconds"
    return "a job died while it confined itself; the machine may be out of memory"


def _describe_unconfined(job: int, fault: str) -> JobEnded:
    return JobEnded(id=job, exit_code=-signal.SIGKILL, killed="sandbox", reason=fault)


def _describe_end(exited: JobExited, watched: WatchReport, output: bytes) -> JobEnded:
    """Describes how a confined job ended. Its exit status is the scene's own doing, whatever it is."""
    if watched.killed == "crash" and exited.exit_code != -signal.SIGKILL:
        watched = msgspec.structs.replace(watched, killed=None, reason="")  # it was already ending by itself
    return JobEnded(
        id=exited.id,
        exit_code=exited.exit_code,
        cpu_seconds=exited.cpu_seconds,
        peak_memory_bytes=exited.peak_memory_bytes,
        wall_seconds=watched.wall_seconds,
        killed=watched.killed,
        reason=watched.reason,
        log_tail=watched.log_tail,
        output=output,
        begun=True,
        disk_full=watched.disk_full,
    )


def _kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _find_proc_folder(pidfd: int) -> str:
    """Finds the job's folder in /proc by its number in this process's namespace; its own namespace has another."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return f"/proc/{line.split()[1]}"
    return "/proc/0"
