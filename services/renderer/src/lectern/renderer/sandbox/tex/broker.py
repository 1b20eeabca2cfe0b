"""The TeX broker: typesets for jobs, which may not start a program themselves, and caches the results.

`python -I -m lectern.renderer.sandbox.tex.broker SOCKET_FD POOL_NAME`. It is confined like a job, except that it may
run the programs in /usr. Each job reaches it through two pipes, and only the broker writes to the cache.
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

from lectern.confinement import kernel, landlock, seccomp
from lectern.renderer.sandbox.layers import system_calls
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import ServeTex
from lectern.renderer.sandbox.tex import typesetting
from lectern.renderer.sandbox.tex.protocol import (
    HEADER_BYTES,
    MAX_REQUEST_BYTES,
    TexReply,
    TexRequest,
    decode_length,
    encode_frame,
)

MAX_CACHED_FAILURES = 256  # worth caching: MathTex tries everything twice


class BrokerSetup(msgspec.Struct, frozen=True, kw_only=True):
    """`folder` holds `cache/` and `scratch/`; both belong to `uid` if it is set."""

    folder: str
    slots: int
    uid: int | None = None
    pool: str = ""  # the pool's name, to tell its processes from another's


class TexBroker:
    """Answers requests from the cache, or by running LaTeX, at most `slots` at once."""

    def __init__(self, setup: BrokerSetup, landlock_abi: int) -> None:
        self._cache = Path(setup.folder) / "cache"
        self._scratch = Path(setup.folder) / "scratch"
        self._landlock_abi = landlock_abi
        self._free = asyncio.Semaphore(setup.slots)
        self._failures: dict[str, TexReply] = {}

    async def typeset(self, request: TexRequest) -> TexReply:
        """Typesets a document, or returns the cached reply. Raises OSError when the disk is full."""
        key = request.cache_key()
        cached = self._cache / f"{key}.svg"
        if key in self._failures:
            return self._failures[key]
        with contextlib.suppress(FileNotFoundError):
            return TexReply(svg=cached.read_bytes())
        async with self._free:
            reply = await typesetting.typeset(request, self._scratch, self._landlock_abi)
        if reply.error:
            self._failures[key] = reply
            if len(self._failures) > MAX_CACHED_FAILURES:
                del self._failures[next(iter(self._failures))]
        else:
            part = cached.with_suffix(f".{os.urandom(4).hex()}")
            part.write_bytes(reply.svg)
            part.replace(cached)
        return reply

    async def serve(self, requests: int, replies: int) -> None:
        """Answers one job's requests in turn, until it hangs up or sends something invalid. Closes both pipes."""
        os.set_blocking(requests, False)
        os.set_blocking(replies, False)
        try:
            while True:
                length = decode_length(await _read(requests, HEADER_BYTES))
                if length > MAX_REQUEST_BYTES:
                    return
                request = msgspec.msgpack.decode(await _read(requests, length), type=TexRequest)
                try:
                    reply = await self.typeset(request)
                except OSError as error:  # a full disk, most likely
                    reply = TexReply(error=f"the LaTeX broker cannot use its work folder: {error}")
                await _write(replies, encode_frame(reply))
        except (OSError, EOFError, msgspec.MsgspecError):
            return
        finally:
            os.close(requests)
            os.close(replies)


async def _wait_until_ready(add: Callable[..., object], remove: Callable[[int], object], fd: int) -> None:
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ready() -> None:
        if not waiting.done():
            waiting.set_result(None)

    add(fd, on_ready)
    try:
        await waiting
    finally:
        remove(fd)


async def _read(fd: int, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        await _wait_until_ready(loop.add_reader, loop.remove_reader, fd)
        with contextlib.suppress(BlockingIOError):
            piece = os.read(fd, count - len(data))
            if not piece:
                raise EOFError
            data += piece
    return data


async def _write(fd: int, data: bytes) -> None:
    loop = asyncio.get_running_loop()
    while data:
        await _wait_until_ready(loop.add_writer, loop.remove_writer, fd)
        with contextlib.suppress(BlockingIOError):
            data = data[os.write(fd, data) :]


async def run_broker(supervisor: MessageSocket, setup: BrokerSetup) -> None:
    """Confines the process and serves jobs until the supervisor hangs up."""
    loop = asyncio.get_running_loop()
    broker = TexBroker(setup, _confine(setup))
    serving: set[asyncio.Task[None]] = set()
    hung_up = asyncio.Event()

    def receive() -> None:
        try:
            received = supervisor.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            hung_up.set()
        elif isinstance(received[0], ServeTex) and len(received[1]) == 2:
            task = loop.create_task(broker.serve(*received[1]))
            serving.add(task)
            task.add_done_callback(serving.discard)

    loop.add_reader(supervisor.fileno(), receive)
    await hung_up.wait()
    loop.remove_reader(supervisor.fileno())
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


def _confine(setup: BrokerSetup) -> int:
    """Confines the broker and all it will start. Returns the Landlock ABI; raises OSError when a layer fails."""
    program = system_calls.build_broker_program()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if setup.uid is not None:
        os.setgroups([])
        os.setresgid(setup.uid, setup.uid, setup.uid)
        os.setresuid(setup.uid, setup.uid, setup.uid)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    abi = landlock.read_abi_version()
    if abi:
        landlock.restrict(abi, [*typesetting.build_rules(), (setup.folder, landlock.READ_WRITE)])
    seccomp.load_program(program)
    return abi


def main() -> None:
    """Runs the broker until the supervisor hangs up."""
    supervisor = MessageSocket.from_fd(int(sys.argv[1]))
    setup = supervisor.receive_setup(BrokerSetup)
    asyncio.run(run_broker(supervisor, setup))


if __name__ == "__main__":
    main()
