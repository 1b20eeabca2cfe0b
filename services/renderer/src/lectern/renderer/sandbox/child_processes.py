"""The processes that a supervisor starts: zygotes and the TeX broker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys

from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import JobExited, JobStarted, SandboxReady, SandboxUnavailable, ServeTex
from lectern.renderer.sandbox.tex.broker import BrokerSetup


def start_program(module: str, setup: ZygoteSetup | BrokerSetup) -> tuple[subprocess.Popen[bytes], MessageSocket]:
    """Starts one of this package's programs with a socket to it. `module` is relative to this package."""
    ours, theirs = MessageSocket.pair()
    with contextlib.closing(theirs):
        process = subprocess.Popen(
            build_command(module, theirs, setup.pool),
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            cwd="/",
        )
    with contextlib.suppress(OSError):  # it has already died, which its reader will find
        ours.send_setup(setup)
    return process, ours


def build_command(module: str, theirs: MessageSocket, pool: str) -> tuple[str, ...]:
    """Builds the command line of one of this package's programs. All that a job can see of it are these words."""
    return sys.executable, "-I", "-m", f"lectern.renderer.sandbox.{module}", str(theirs.fileno()), pool


class TexBrokerProcess:
    """The TeX broker, restarted when it has died."""

    def __init__(self, setup: BrokerSetup) -> None:
        self._setup = setup
        self._process, self._socket = start_program("tex.broker", setup)

    @classmethod
    def is_installed(cls) -> bool:
        """Checks whether the programs the broker runs are installed."""
        return all(shutil.which(program) for program in ("latex", "dvisvgm"))

    def connect(self, job: int) -> tuple[int, int]:
        """Connects a job to the broker. Returns the job's pipe ends: one to write requests, one to read replies."""
        if self._process.poll() is not None:
            self._socket.close()
            self._process, self._socket = start_program("tex.broker", self._setup)
        broker_requests, job_requests = os.pipe()
        job_replies, broker_replies = os.pipe()
        self._socket.send(ServeTex(id=job), [broker_requests, broker_replies])
        os.close(broker_requests)
        os.close(broker_replies)
        return job_requests, job_replies

    def kill(self) -> None:
        """Kills the broker and waits for its end."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


class ZygoteProcess:
    """One zygote process and the jobs that run in forks of it.

    `started` has a future of each job's pidfd, `exited` a future of its end, which is None when the zygote died first.
    """

    def __init__(self, setup: ZygoteSetup) -> None:
        self.process, self.socket = start_program("zygote", setup)
        self.job_count = 0
        self.tainted = False  # one of its jobs was killed; it gets no more jobs once a spare is ready
        self.dead = False
        self.ready: asyncio.Future[SandboxReady | SandboxUnavailable] = asyncio.get_running_loop().create_future()
        self.started: dict[int, asyncio.Future[int]] = {}
        self.exited: dict[int, asyncio.Future[JobExited | None]] = {}
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self._receive)

    def _receive(self) -> None:
        try:
            received = self.socket.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            self.kill()
            return
        message, files = received
        match message:
            case SandboxReady() | SandboxUnavailable():
                self.ready.set_result(message)
            case JobStarted(id=job) if job in self.started and not self.started[job].done():
                self.started[job].set_result(files.pop())
            case JobExited(id=job) if job in self.exited and not self.exited[job].done():
                self.exited[job].set_result(message)
            case _:
                pass
        for fd in files:
            os.close(fd)

    def kill(self) -> None:
        """Kills the zygote and, with it, all its jobs. Safe to call twice."""
        if self.dead:
            return
        self.dead = True
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()
        self.process.kill()
        self.process.wait()
        if not self.ready.done():
            self.ready.set_result(SandboxUnavailable(reason="the zygote died while it started", layers={}))
        for started in self.started.values():
            if not started.done():
                started.set_exception(ConnectionError("the zygote died"))
        for exited in self.exited.values():
            if not exited.done():
                exited.set_result(None)
