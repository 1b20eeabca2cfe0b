"""The supervisor: keeps zygotes, watches jobs, and holds no secret.

`python -I -m lectern.renderer.sandbox.supervisor SOCKET_FD SETUP_JSON`. It speaks with the agent over one socket;
when the agent hangs up, or dies, it kills everything and goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import kernel
from lectern.renderer.sandbox.broker import BrokerSetup
from lectern.renderer.sandbox.cancelling import whole
from lectern.renderer.sandbox.offspring import TexBroker, Zygote
from lectern.renderer.sandbox.watch import ProgressLines, Running, watch
from lectern.renderer.sandbox.wire import (
    Channel,
    Ended,
    Kill,
    Progress,
    Refused,
    Start,
)
from lectern.renderer.sandbox.zygote import LOCK_FAILED, Setup

PROBE_ANSWER = 4096  # bytes; an honest one has under 200


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """How zygotes are kept: recycled after so many jobs, one spare ready when `spare`."""

    setup: Setup
    tex: BrokerSetup | None = None
    recycle_after: int = 200  # every child of a zygote has its memory layout; research measured no drift over 400 jobs
    spare: bool = True


class Supervisor:
    """Runs the jobs the agent asks for, each in a fork of the current zygote."""

    def __init__(self, agent: Channel, config: Config) -> None:
        self._agent = agent
        self._config = config
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._killed: set[int] = set()
        self._hung_up = asyncio.Event()
        self._current: Zygote | None = None
        self._spare: Zygote | None = None
        self._retiring: set[Zygote] = set()
        self._broker: TexBroker | None = None

    async def serve(self) -> None:
        """Until the agent hangs up."""
        loop = asyncio.get_running_loop()
        self._current = Zygote(self._config.setup)
        answer = await self._current.ready
        if isinstance(answer, Refused):
            self._current.end()
            self._agent.send(answer)
            return
        if self._config.tex is not None and TexBroker.installed():
            self._broker = TexBroker(self._config.tex)
        self._agent.send(msgspec.structs.replace(answer, latex=self._broker is not None))
        loop.add_reader(self._agent.fileno(), self._receive)
        if self._config.spare:
            self._spare = Zygote(self._config.setup)
        await self._hung_up.wait()
        loop.remove_reader(self._agent.fileno())
        for zygote in {self._current, self._spare, *self._retiring} - {None}:
            assert zygote is not None
            zygote.end()
        if self._broker is not None:
            self._broker.end()
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
        if isinstance(message, Start):
            self._tasks[message.id] = asyncio.create_task(self._run(message, files))
        elif isinstance(message, Kill) and message.id in self._tasks:
            self._killed.add(message.id)
            self._tasks[message.id].cancel()

    async def _run(self, start: Start, files: list[int]) -> None:
        ended = Ended(id=start.id, exit_code=-signal.SIGKILL, killed="sandbox", reason="cancelled")
        try:
            ended = await self._in_fork(start, files)
        except asyncio.CancelledError:
            if start.id not in self._killed:
                raise
        except Exception as error:
            ended = Ended(id=start.id, exit_code=1, killed="sandbox", reason=f"{type(error).__name__}: {error}")
        finally:
            for fd in files:
                os.close(fd)
            self._tasks.pop(start.id, None)
            self._killed.discard(start.id)
        with contextlib.suppress(OSError):
            self._agent.send(ended)

    async def _in_fork(self, start: Start, files: list[int]) -> Ended:
        zygote = self._zygote(start)
        try:
            return await self._in_fork_of(zygote, start, files)
        finally:
            del zygote.started[start.id], zygote.exited[start.id]
            self._retire(zygote)

    async def _in_fork_of(self, zygote: Zygote, start: Start, files: list[int]) -> Ended:
        answer = await asyncio.shield(zygote.ready)
        if isinstance(answer, Refused):
            zygote.end()
            raise RuntimeError(answer.reason)
        with contextlib.ExitStack() as fds:

            def keep(fd: int) -> int:
                fds.callback(os.close, fd)
                return fd

            log, log_end = os.pipe()
            output, output_end = os.pipe()
            keep(log), keep(output)
            ends = [log_end, output_end]
            try:
                if start.kind == "render" and self._broker is not None:
                    ends += self._broker.serve(start.id)
                zygote.channel.send(start, [files[0], *ends])
            finally:
                for end in ends:
                    os.close(end)
            try:
                # Whole even when cancelled: a job that is being forked right now must be seen to be killed.
                pidfd = keep(await whole(zygote.started[start.id]))
            except asyncio.CancelledError:
                pidfd = keep(zygote.started[start.id].result())
                _kill(pidfd)
                await whole(zygote.exited[start.id])
                raise
            running = Running(
                pidfd=pidfd,
                log=log,
                output=output,
                folder=files[0] if start.kind == "render" else None,
                proc=_proc(pidfd),
                kill=lambda: _kill(pidfd),
            )
            said = bytearray()
            try:
                ending = await watch(running, start.limits, self._listener(start, said))
            except asyncio.CancelledError:
                zygote.tainted = True
                raise
            finally:
                exited = await whole(zygote.exited[start.id])
        if exited is None:
            return Ended(id=start.id, exit_code=-signal.SIGKILL, killed="crash", reason="the zygote died under the job")
        if ending.killed or exited.exit_code < 0:
            zygote.tainted = True
        locked = exited.exit_code != LOCK_FAILED
        return Ended(
            id=start.id,
            exit_code=exited.exit_code,
            cpu_seconds=exited.cpu_seconds,
            peak_memory_bytes=exited.peak_memory_bytes,
            wall_seconds=ending.wall_seconds,
            killed=ending.killed if locked else "sandbox",
            reason=ending.reason if locked else ending.log_tail.strip(),
            log_tail=ending.log_tail,
            output=bytes(said),
        )

    def _listener(self, start: Start, answer: bytearray) -> Callable[[bytes], object]:
        if start.kind == "probe":
            return lambda data: answer.extend(data[: PROBE_ANSWER - len(answer)])

        def on_progress(frames: int, of: int) -> None:
            with contextlib.suppress(OSError):
                self._agent.send(Progress(id=start.id, frames=frames, of=of), or_drop=True)

        return ProgressLines(on_progress)

    def _zygote(self, start: Start) -> Zygote:
        """Where to fork this job from: the current zygote, or its successor when it is dead, tainted or worn out.

        A worn zygote goes on until the spare is ready, rather than have jobs wait. Footage is decoded in whatever
        zygote lives: a probe sees one file and can leave nothing behind. The job is entered there, which keeps the
        zygote from being retired meanwhile.
        """
        current, config = self._current, self._config
        dead = current is None or current.dead
        worn = current is None or current.tainted or current.jobs >= config.recycle_after
        if dead or (worn and start.kind == "render"):
            spare = self._spare
            if spare is not None and not spare.dead and (dead or spare.ready.done()):
                self._spare = None
                self._replace_by(spare)
            elif dead or not config.spare:
                self._replace_by(Zygote(config.setup))
        if config.spare and (self._spare is None or self._spare.dead):
            self._spare = Zygote(config.setup)
        chosen = self._current
        assert chosen is not None
        chosen.jobs += start.kind == "render"
        loop = asyncio.get_running_loop()
        chosen.started[start.id] = loop.create_future()
        chosen.exited[start.id] = loop.create_future()
        return chosen

    def _replace_by(self, successor: Zygote) -> None:
        predecessor, self._current = self._current, successor
        if predecessor is not None:
            self._retiring.add(predecessor)
            self._retire(predecessor)

    def _retire(self, zygote: Zygote) -> None:
        if zygote in self._retiring and not zygote.exited:
            self._retiring.discard(zygote)
            zygote.end()


def _kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _proc(pidfd: int) -> str:
    """The job's folder in /proc as this process numbers it; its own namespace has another number for it."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return f"/proc/{line.split()[1]}"
    return "/proc/0"


def main() -> None:
    agent, config = Channel.of(int(sys.argv[1])), msgspec.json.decode(sys.argv[2], type=Config)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the agent decides what it means
    asyncio.run(Supervisor(agent, config).serve())


if __name__ == "__main__":
    main()
