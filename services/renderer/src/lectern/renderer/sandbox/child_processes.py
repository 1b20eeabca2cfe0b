"""The processes that a supervisor starts: zygotes and the TeX broker."""

from __future__ import annotations

import array
import asyncio
import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import termios

from lectern.contracts.decoding import UNREADABLE
from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.job_clock import HelpTimes
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import (
    JobExited,
    JobStarted,
    SandboxReady,
    SandboxUnavailable,
    ServeTex,
    TypesettingBegan,
    TypesettingEnded,
)
from lectern.renderer.sandbox.tex.broker_confinement import BrokerSetup


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
    """The TeX broker: started when the first job asks for a formula, and again when it has died."""

    def __init__(self, setup: BrokerSetup) -> None:
        self._setup = setup
        self._running: tuple[subprocess.Popen[bytes], MessageSocket] | None = None
        self._waiting: dict[int, tuple[ServeTex, int]] = {}  # a job's requests, before its first: the job, its replies
        self._asked: set[int] = set()
        self._help: dict[int, HelpTimes] = {}  # of jobs that have asked

    @classmethod
    def is_installed(cls, setup: BrokerSetup) -> bool:
        """Checks whether the programs the broker runs are installed."""
        return all(shutil.which(program, path=":".join(setup.programs)) for program in ("latex", "dvisvgm"))

    def connect(self, job: int, nice: int) -> tuple[int, int]:
        """Connects a job to the broker. Returns the job's pipe ends: one to write requests, one to read replies.

        `nice` is the priority of the programs that run for it, from 0 to 19, which is the lowest.
        """
        requests, job_requests = os.pipe()
        job_replies, replies = os.pipe()
        self._waiting[requests] = ServeTex(id=job, nice=nice), replies
        asyncio.get_running_loop().add_reader(requests, self._introduce, requests)
        return job_requests, job_replies

    @property
    def pid(self) -> int | None:
        """The broker's process id while it runs."""
        return self._running[0].pid if self._running is not None and self._running[0].poll() is None else None

    def forget(self, job: int) -> bool:
        """Tells whether a job that has ended had asked for a formula, and forgets about it."""
        asked = job in self._asked
        self._asked.discard(job)
        self._help.pop(job, None)
        return asked

    def read_help(self, job: int) -> HelpTimes:
        """Tells whether the broker typesets for a job now, and what that has computed for it so far."""
        return self._help.get(job, HelpTimes())

    def _introduce(self, requests: int) -> None:
        """Passes a job to the broker, which closes its pipes; unless the job has hung up without a request."""
        asyncio.get_running_loop().remove_reader(requests)
        serve, replies = self._waiting.pop(requests)
        try:
            waiting_bytes = array.array("i", [0])
            fcntl.ioctl(requests, termios.FIONREAD, waiting_bytes)
            if waiting_bytes[0]:
                self._asked.add(serve.id)
                self._ensure_running().send(serve, [requests, replies])
                self._help[serve.id] = HelpTimes(working=True)  # from now on: a broker may have to start first
        except OSError:
            pass  # the broker has just died: the job sees its pipes close, and the next one starts it again
        finally:
            os.close(requests)
            os.close(replies)

    def _ensure_running(self) -> MessageSocket:
        if self._running is not None and self._running[0].poll() is not None:
            self._hang_up(self._running[1])
            self._running = None
        if self._running is None:
            self._running = start_program("tex.broker", self._setup)
            socket = self._running[1]
            asyncio.get_running_loop().add_reader(socket.fileno(), self._receive, socket)
        return self._running[1]

    def _receive(self, socket: MessageSocket) -> None:
        try:
            received = socket.receive(wait=False)
        except BlockingIOError:
            return
        except UNREADABLE:
            received = None
        if received is None:
            asyncio.get_running_loop().remove_reader(socket.fileno())
            self._help = {job: HelpTimes(cpu=known.cpu) for job, known in self._help.items()}
            return
        message, files = received
        for fd in files:
            os.close(fd)
        match message:
            case TypesettingBegan(id=job) if job in self._asked:
                self._help[job] = HelpTimes(working=True, cpu=self.read_help(job).cpu)
            case TypesettingEnded(id=job, cpu_seconds=cpu) if job in self._asked:
                self._help[job] = HelpTimes(cpu=self.read_help(job).cpu + cpu)
            case _:
                pass

    def _hang_up(self, socket: MessageSocket) -> None:
        asyncio.get_running_loop().remove_reader(socket.fileno())
        socket.close()

    def kill(self) -> None:
        """Kills the broker and waits for its end."""
        for requests, (_, replies) in self._waiting.items():
            asyncio.get_running_loop().remove_reader(requests)
            os.close(requests)
            os.close(replies)
        self._waiting.clear()
        if self._running is not None:
            process, socket = self._running
            self._hang_up(socket)
            process.kill()
            process.wait()
            self._running = None


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
