"""The TeX broker: typesets for jobs, which may not start a program themselves, and remembers what it typeset.

`python -I -m lectern.renderer.sandbox.broker SOCKET_FD SETUP_JSON`. It is locked in like a job, except that it may
run the programs of /usr. Jobs reach it through two pipes each, and only it writes to the cache.
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

from lectern.renderer.sandbox import kernel, landlock, seccomp, typesetting
from lectern.renderer.sandbox.tex import HEAD, REQUEST_BYTES, TexAnswer, TexRequest, framed, length_of
from lectern.renderer.sandbox.wire import Channel, Serve

_REMEMBERED_FAILURES = 256  # MathTex tries everything twice


class BrokerSetup(msgspec.Struct, frozen=True, kw_only=True):
    """`folder` holds `cache/` and `scratch/`; both belong to `uid` when there is one."""

    folder: str
    slots: int
    uid: int | None = None


class Broker:
    """Answers requests: from the cache, or by running LaTeX, `slots` at once."""

    def __init__(self, setup: BrokerSetup, abi: int) -> None:
        self._cache = Path(setup.folder) / "cache"
        self._scratch = Path(setup.folder) / "scratch"
        self._abi = abi
        self._free = asyncio.Semaphore(setup.slots)
        self._failures: dict[str, TexAnswer] = {}

    async def answer(self, request: TexRequest) -> TexAnswer:
        key = request.key()
        stored = self._cache / f"{key}.svg"
        if key in self._failures:
            return self._failures[key]
        with contextlib.suppress(FileNotFoundError):
            return TexAnswer(svg=stored.read_bytes())
        async with self._free:
            answer = await typesetting.typeset(request, self._scratch, self._abi)
        if answer.error:
            self._failures[key] = answer
            if len(self._failures) > _REMEMBERED_FAILURES:
                del self._failures[next(iter(self._failures))]
        else:
            part = stored.with_suffix(f".{os.urandom(4).hex()}")
            part.write_bytes(answer.svg)
            part.replace(stored)
        return answer

    async def serve(self, asks: int, answers: int) -> None:
        """One job's requests, one after the other, until it hangs up or talks nonsense."""
        os.set_blocking(asks, False)
        os.set_blocking(answers, False)
        try:
            while True:
                length = length_of(await _read(asks, HEAD))
                if length > REQUEST_BYTES:
                    return
                request = msgspec.msgpack.decode(await _read(asks, length), type=TexRequest)
                try:
                    answer = await self.answer(request)
                except OSError as error:  # a full disk, most likely
                    answer = TexAnswer(error=f"the LaTeX broker cannot work in its folder: {error}")
                await _write(answers, framed(answer))
        except (OSError, EOFError, msgspec.MsgspecError):
            return
        finally:
            os.close(asks)
            os.close(answers)


async def _ready(add: Callable[..., object], remove: Callable[[int], object], fd: int) -> None:
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def ready() -> None:
        if not waiting.done():
            waiting.set_result(None)

    add(fd, ready)
    try:
        await waiting
    finally:
        remove(fd)


async def _read(fd: int, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        await _ready(loop.add_reader, loop.remove_reader, fd)
        with contextlib.suppress(BlockingIOError):
            piece = os.read(fd, count - len(data))
            if not piece:
                raise EOFError
            data += piece
    return data


async def _write(fd: int, data: bytes) -> None:
    loop = asyncio.get_running_loop()
    while data:
        await _ready(loop.add_writer, loop.remove_writer, fd)
        with contextlib.suppress(BlockingIOError):
            data = data[os.write(fd, data) :]


async def run(channel: Channel, setup: BrokerSetup) -> None:
    loop = asyncio.get_running_loop()
    abi = _lock(setup)
    broker = Broker(setup, abi)
    serving: set[asyncio.Task[None]] = set()
    hung_up = asyncio.Event()

    def receive() -> None:
        try:
            received = channel.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            hung_up.set()
        elif isinstance(received[0], Serve) and len(received[1]) == 2:
            task = loop.create_task(broker.serve(*received[1]))
            serving.add(task)
            task.add_done_callback(serving.discard)

    loop.add_reader(channel.fileno(), receive)
    await hung_up.wait()
    loop.remove_reader(channel.fileno())
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


def _lock(setup: BrokerSetup) -> int:
    """Locks the broker and all it will start. Returns the Landlock ABI; raises OSError when a layer fails."""
    program = seccomp.broker_program()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if setup.uid is not None:
        os.setgroups([])
        os.setresgid(setup.uid, setup.uid, setup.uid)
        os.setresuid(setup.uid, setup.uid, setup.uid)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    abi = landlock.abi()
    if abi:
        landlock.restrict(abi, [*typesetting.readable(), (setup.folder, landlock.OWN)])
    seccomp.load(program)
    return abi


def main() -> None:
    channel, setup = Channel.of(int(sys.argv[1])), msgspec.json.decode(sys.argv[2], type=BrokerSetup)
    asyncio.run(run(channel, setup))


if __name__ == "__main__":
    main()
