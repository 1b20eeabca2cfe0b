"""The supervisor: keeps zygotes, watches jobs, and holds no secret.

`python -I -m lectern.renderer.sandbox.supervisor SOCKET_FD POOL_NAME`. It talks to the agent over one socket. When
the agent hangs up or dies, the supervisor kills everything and exits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import msgspec

from lectern.confinement import kernel
from lectern.renderer.sandbox.child_processes import TexBrokerProcess
from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.forked_job import ZygoteUnavailable, run_forked_job
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import (
    MAX_REASON_LENGTH,
    FrameProgress,
    JobEnded,
    KillJob,
    SandboxUnavailable,
    StartJob,
)
from lectern.renderer.sandbox.tex.broker_confinement import BrokerSetup
from lectern.renderer.sandbox.zygotes import Zygotes


class SupervisorConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor's settings. Zygotes are replaced after `recycle_after` jobs; `spare` keeps one more ready."""

    setup: ZygoteSetup
    tex: BrokerSetup | None = None
    recycle_after: int = 200  # every fork of a zygote has its memory layout; measurements showed no drift over 400 jobs
    spare: bool = True


class Supervisor:
    """Runs the jobs the agent asks for, each in a fork of the current zygote."""

    def __init__(self, agent: MessageSocket, config: SupervisorConfig) -> None:
        self._agent = agent
        self._config = config
        self._zygotes = Zygotes(config.setup, recycle_after=config.recycle_after, keep_spare=config.spare)
        self._broker: TexBrokerProcess | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._killed: set[int] = set()
        self._hung_up = asyncio.Event()

    async def serve(self) -> None:
        """Serves the agent until it hangs up."""
        report = await self._zygotes.start()
        if isinstance(report, SandboxUnavailable):
            self._agent.send(report)
            return
        if self._config.tex is not None and TexBrokerProcess.is_installed(self._config.tex):
            self._broker = TexBrokerProcess(self._config.tex)
        self._agent.send(msgspec.structs.replace(report, latex=self._broker is not None))
        loop = asyncio.get_running_loop()
        loop.add_reader(self._agent.fileno(), self._receive)
        self._zygotes.start_spare()
        await self._hung_up.wait()
        loop.remove_reader(self._agent.fileno())
        self._zygotes.kill_all()
        if self._broker is not None:
            self._broker.kill()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _receive(self) -> None:
        try:
            received = self._agent.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            self._hung_up.set()
            return
        message, files = received
        if isinstance(message, StartJob):
            self._tasks[message.id] = asyncio.create_task(self._run(message, files))
        elif isinstance(message, KillJob) and message.id in self._tasks:
            self._killed.add(message.id)
            self._tasks[message.id].cancel()

    async def _run(self, start: StartJob, files: list[int]) -> None:
        """Runs a job and reports its end to the agent."""
        ended = JobEnded(id=start.id, exit_code=-signal.SIGKILL, killed="sandbox", reason="cancelled")
        outputs: list[int] = []
        with contextlib.ExitStack() as open_fds:
            for fd in files:
                open_fds.callback(os.close, fd)
            try:
                ended, outputs = await self._run_in_zygote(start, files[0], open_fds)
            except asyncio.CancelledError:
                if start.id not in self._killed:
                    raise
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"[:MAX_REASON_LENGTH]
                begun = not isinstance(error, ZygoteUnavailable | OSError)  # pipes and forks come before the scene
                ended = JobEnded(id=start.id, exit_code=1, killed="sandbox", reason=reason, begun=begun)
            finally:
                self._tasks.pop(start.id, None)
                self._killed.discard(start.id)
            try:
                self._agent.send(ended, outputs)
            except (OSError, ValueError):
                # A slot of the agent's waits for this message. Without it the connection is of no use: once it is
                # closed, the agent counts all its jobs as ended.
                self._hung_up.set()

    async def _run_in_zygote(
        self, start: StartJob, file: int, open_fds: contextlib.ExitStack
    ) -> tuple[JobEnded, list[int]]:
        def report_progress(frames: int, of: int) -> None:
            with contextlib.suppress(OSError):
                self._agent.send(FrameProgress(id=start.id, frames=frames, of=of), drop_if_full=True)

        zygote = self._zygotes.assign(start)
        try:
            ended, outputs = await run_forked_job(zygote, start, file, self._broker, report_progress, open_fds)
        finally:
            self._zygotes.release(zygote, start.id)
            asked_latex = self._broker is not None and self._broker.forget(start.id)
        return msgspec.structs.replace(ended, asked_latex=asked_latex), outputs


def main() -> None:
    """Runs the supervisor until the agent hangs up."""
    agent = MessageSocket.from_fd(int(sys.argv[1]))
    config = agent.receive_setup(SupervisorConfig)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    os.umask(0o022)  # jobs of other users pass through the folders of their private root, whoever started this
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the agent decides what to do
    asyncio.run(Supervisor(agent, config).serve())


if __name__ == "__main__":
    main()
