"""The agent's connection to its supervisor: starts the process, sends it jobs and receives their ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import subprocess
from collections.abc import Callable

from lectern.confinement import kernel
from lectern.contracts.problems import Problem, ProblemError
from lectern.renderer.sandbox.cancellation import wait_until_done
from lectern.renderer.sandbox.child_processes import build_command
from lectern.renderer.sandbox.job import JobLimits, ProgressCallback
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import (
    FrameProgress,
    JobEnded,
    JobKind,
    KillJob,
    SandboxReady,
    SandboxUnavailable,
    StartJob,
)
from lectern.renderer.sandbox.supervisor import SupervisorConfig

# All processes of the sandbox inherit these variables and no others: a job can read the memory with its zygote's.
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}
_SUPERVISOR_DIED = "the sandbox's supervisor died"


class SupervisorClient:
    """A supervisor process, started when it is needed and restarted when it has died.

    `sandbox` is the last report on the sandbox.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.sandbox = SandboxReady(layers={}, uids=False)
        self._socket: MessageSocket | None = None
        self._starting = asyncio.Lock()
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[tuple[JobEnded, list[int]]], ProgressCallback | None]] = {}

    async def ensure_running(self, configure: Callable[[], SupervisorConfig]) -> None:
        """Starts the supervisor unless it is running. Raises ProblemError when the sandbox cannot be set up."""
        async with self._starting:
            if self._socket is None:
                await self._reap()
                await self._start(configure())

    async def _start(self, config: SupervisorConfig) -> None:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # this process holds credentials; others of its user must not read them
        ours, theirs = MessageSocket.pair()
        with contextlib.closing(theirs):
            self.process = await asyncio.to_thread(_spawn, theirs, config)
        with contextlib.suppress(OSError):  # it has already died, which is found next
            ours.send_setup(config)
        match await asyncio.to_thread(ours.receive):
            case (SandboxReady() as ready, _):
                self.sandbox = ready
            case (SandboxUnavailable(reason=reason, layers=layers), _):
                self.sandbox = SandboxReady(layers=layers, uids=False)
                ours.close()
                raise _build_no_sandbox_error(reason)
            case _:
                ours.close()
                raise _build_no_sandbox_error("the supervisor died while it started")
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._receive)

    async def run(
        self,
        kind: JobKind,
        limits: JobLimits,
        uid: int | None,
        file: int,
        *,
        frames: int = 0,
        on_progress: ProgressCallback | None = None,
    ) -> tuple[JobEnded, list[int]]:
        """Runs a job. `file` is a descriptor of the job folder (render) or the footage (probe).

        `frames` is how many were ordered; progress is reported as a part of them.

        Returns its end, and the folder with its outputs if that is not `file`: a descriptor that the caller closes.
        When cancelled, the job is dead before the cancellation goes on.
        """
        connected = self._socket
        if connected is None:
            return JobEnded(id=0, exit_code=1, killed="sandbox", reason=_SUPERVISOR_DIED), []
        job = next(self._ids)
        ended: asyncio.Future[tuple[JobEnded, list[int]]] = asyncio.get_running_loop().create_future()
        self._waiting[job] = (ended, on_progress)
        try:
            connected.send(StartJob(id=job, kind=kind, limits=limits, uid=uid, frames=frames), [file])
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                connected.send(KillJob(id=job))
                await wait_until_done(ended)
                _close_files(ended.result()[1])
            raise
        except OSError:
            self._disconnect()
            return JobEnded(id=job, exit_code=1, killed="sandbox", reason=_SUPERVISOR_DIED), []
        finally:
            self._waiting.pop(job, None)

    def _receive(self) -> None:
        assert self._socket is not None
        try:
            received = self._socket.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            self._disconnect()
            return
        message, files = received
        if isinstance(message, JobEnded) and message.id in self._waiting:
            ended, _ = self._waiting.pop(message.id)
            if not ended.done():
                ended.set_result((message, files))
                return
        _close_files(files)
        if isinstance(message, FrameProgress) and message.id in self._waiting:
            on_progress = self._waiting[message.id][1]
            if on_progress is not None:
                on_progress(message.frames, message.of)

    def _disconnect(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        for job, (ended, _) in self._waiting.items():
            if not ended.done():
                lost = JobEnded(id=job, exit_code=1, killed="sandbox", reason=_SUPERVISOR_DIED, begun=True)
                ended.set_result((lost, []))
        self._waiting.clear()

    async def _reap(self) -> None:
        if self.process is not None:
            process, self.process = self.process, None
            await asyncio.to_thread(process.wait)

    async def close(self) -> None:
        """Hangs up, which makes the supervisor kill everything, and waits for it to exit. Safe to call twice."""
        self._disconnect()
        await self._reap()


def _close_files(files: list[int]) -> None:
    for fd in files:
        os.close(fd)


def _spawn(theirs: MessageSocket, config: SupervisorConfig) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        build_command("supervisor", theirs, config.setup.pool),
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        pass_fds=(theirs.fileno(),),
        cwd="/",
        start_new_session=True,
    )


def _build_no_sandbox_error(reason: str) -> ProblemError:
    return ProblemError(
        Problem(
            code="no-sandbox",
            title="The renderer's sandbox cannot be set up",
            detail=f"Lectern never runs scene code without a sandbox, and it cannot be set up here: {reason}.",
            remedy="Run the renderer on Linux 5.13 or later with libseccomp, and with Landlock enabled"
            " (`lsm=landlock,...`) or the right to create namespaces; `lectern doctor` shows what the kernel supports.",
            stage="renderer",
        )
    )
