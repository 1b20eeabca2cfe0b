"""The processes a supervisor starts: zygotes and the TeX broker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys

import msgspec

from lectern.renderer.sandbox.broker import BrokerSetup
from lectern.renderer.sandbox.wire import Channel, Exited, Ready, Refused, Serve, Started
from lectern.renderer.sandbox.zygote import Setup


class TexBroker:
    """The broker process, started again when it has died."""

    def __init__(self, setup: BrokerSetup) -> None:
        self._setup = setup
        self._process, self._channel = start_program("broker", setup)

    @classmethod
    def installed(cls) -> bool:
        return all(shutil.which(program) for program in ("latex", "dvisvgm"))

    def serve(self, job: int) -> tuple[int, int]:
        """A job's ends of two new pipes to the broker: its questions to write, its answers to read."""
        if self._process.poll() is not None:
            self._channel.close()
            self._process, self._channel = start_program("broker", self._setup)
        asks, asks_end = os.pipe()
        answers, answers_end = os.pipe()
        self._channel.send(Serve(id=job), [asks, answers_end])
        os.close(asks)
        os.close(answers_end)
        return asks_end, answers

    def end(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()


def start_program(role: str, setup: Setup | BrokerSetup) -> tuple[subprocess.Popen[bytes], Channel]:
    """Starts one of this package's programs, with a channel to it."""
    ours, theirs = Channel.pair()
    encoded = msgspec.json.encode(setup).decode()
    with contextlib.closing(theirs):
        process = subprocess.Popen(
            (sys.executable, "-I", "-m", f"lectern.renderer.sandbox.{role}", str(theirs.fileno()), encoded),
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            cwd="/",
        )
    return process, ours


class Zygote:
    """One zygote process and the jobs that live in forks of it."""

    def __init__(self, setup: Setup) -> None:
        self.process, self.channel = start_program("zygote", setup)
        self.jobs = 0
        self.tainted = False  # one of its jobs was killed; it serves no more once a spare is ready
        self.dead = False
        self.ready: asyncio.Future[Ready | Refused] = asyncio.get_running_loop().create_future()
        self.started: dict[int, asyncio.Future[int]] = {}
        self.exited: dict[int, asyncio.Future[Exited | None]] = {}
        asyncio.get_running_loop().add_reader(self.channel.fileno(), self._receive)

    def _receive(self) -> None:
        try:
            received = self.channel.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            self.end()
            return
        message, files = received
        match message:
            case Ready() | Refused():
                self.ready.set_result(message)
            case Started(id=job) if job in self.started and not self.started[job].done():
                self.started[job].set_result(files.pop())
            case Exited(id=job) if job in self.exited and not self.exited[job].done():
                self.exited[job].set_result(message)
            case _:
                pass
        for fd in files:
            os.close(fd)

    def end(self) -> None:
        """Kills it and, with it, all its jobs. Safe to call twice."""
        if self.dead:
            return
        self.dead = True
        asyncio.get_running_loop().remove_reader(self.channel.fileno())
        self.channel.close()
        self.process.kill()
        self.process.wait()
        if not self.ready.done():
            self.ready.set_result(Refused(reason="the zygote died while it started", layers={}))
        for started in self.started.values():
            if not started.done():
                started.set_exception(ConnectionError("the zygote died"))
        for exited in self.exited.values():
            if not exited.done():
                exited.set_result(None)
