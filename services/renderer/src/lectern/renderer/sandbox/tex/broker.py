"""The TeX broker: typesets for jobs, which may not start a program themselves, and caches the results.

`python -I -m lectern.renderer.sandbox.tex.broker SOCKET_FD POOL_NAME`. It is confined like a job, except that it may
run programs, each guarded and in a cell of its own. Each job reaches it through two pipes, and only the broker writes
to the cache.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import ServeTex
from lectern.renderer.sandbox.tex import typesetting
from lectern.renderer.sandbox.tex.broker_confinement import BrokerSetup, confine_broker
from lectern.renderer.sandbox.tex.formula_cache import FormulaCache
from lectern.renderer.sandbox.tex.pipes import read_exactly, write_all
from lectern.renderer.sandbox.tex.protocol import (
    HEADER_BYTES,
    MAX_REQUEST_BYTES,
    TexReply,
    TexRequest,
    decode_length,
    encode_frame,
)
from lectern.renderer.sandbox.tex.typesetting import Typesetter


class TexBroker:
    """Answers requests from the cache, or by running LaTeX in one of the scratch folders, at most one run in each."""

    def __init__(self, cache: FormulaCache, scratch: Iterable[Path], typesetter: Typesetter) -> None:
        self._cache = cache
        self._typesetter = typesetter
        self._free: asyncio.Queue[Path] = asyncio.Queue()
        for folder in scratch:
            self._free.put_nowait(folder)

    async def typeset(self, request: TexRequest, nice: int = 0) -> TexReply:
        """Typesets a document at that priority, or returns the cached reply. Raises OSError when the disk is full."""
        key = request.cache_key()
        cached = self._cache.find(key)
        if cached is not None:
            return cached
        scratch = await self._free.get()
        try:
            reply = await typesetting.typeset(request, scratch, self._typesetter.lower_priority(nice))
        finally:
            self._free.put_nowait(scratch)
        with contextlib.suppress(OSError):  # on a full disk the formula is still good, only not kept
            self._cache.store(key, reply)
        return reply

    async def serve(self, requests: int, replies: int, nice: int = 0) -> None:
        """Answers one job's requests in turn, until it hangs up or sends something invalid. Closes both pipes."""
        os.set_blocking(requests, False)
        os.set_blocking(replies, False)
        try:
            while True:
                length = decode_length(await read_exactly(requests, HEADER_BYTES))
                if length > MAX_REQUEST_BYTES:
                    return
                request = msgspec.msgpack.decode(await read_exactly(requests, length), type=TexRequest)
                try:
                    reply = await self._typeset_while_connected(request, replies, nice)
                except OSError as error:  # a full disk, most likely
                    reply = TexReply(error=f"the LaTeX broker cannot use its work folder: {error.strerror}")
                if reply is None:
                    return
                await write_all(replies, encode_frame(reply))
        except (OSError, EOFError, msgspec.MsgspecError):
            return
        finally:
            os.close(requests)
            os.close(replies)

    async def _typeset_while_connected(self, request: TexRequest, replies: int, nice: int) -> TexReply | None:
        """Typesets, but stops when the job has hung up: nobody waits for the reply. Returns None then."""
        loop = asyncio.get_running_loop()
        typesetting_task = asyncio.ensure_future(self.typeset(request, nice))
        loop.add_reader(replies, typesetting_task.cancel)  # the end for writing is readable once nobody can read
        try:
            await asyncio.wait([typesetting_task])
        except asyncio.CancelledError:
            typesetting_task.cancel()
            await asyncio.wait([typesetting_task])
            raise
        finally:
            loop.remove_reader(replies)
        return None if typesetting_task.cancelled() else typesetting_task.result()


async def run_broker(supervisor: MessageSocket, setup: BrokerSetup) -> None:
    """Confines the process and serves jobs until the supervisor hangs up."""
    loop = asyncio.get_running_loop()
    confined = confine_broker(setup)
    broker = TexBroker(
        FormulaCache(confined.cache),
        confined.scratch,
        Typesetter(cell=confined.cell, programs=setup.programs),
    )
    serving: set[asyncio.Task[None]] = set()
    hung_up = asyncio.Event()

    def receive() -> None:
        try:
            received = supervisor.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            hung_up.set()
            return
        message, pipes = received
        if isinstance(message, ServeTex) and len(pipes) == 2:
            task = loop.create_task(broker.serve(pipes[0], pipes[1], message.nice))
            serving.add(task)
            task.add_done_callback(serving.discard)

    loop.add_reader(supervisor.fileno(), receive)
    await hung_up.wait()
    loop.remove_reader(supervisor.fileno())
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


def main() -> None:
    """Runs the broker until the supervisor hangs up."""
    supervisor = MessageSocket.from_fd(int(sys.argv[1]))
    setup = supervisor.receive_setup(BrokerSetup)
    asyncio.run(run_broker(supervisor, setup))


if __name__ == "__main__":
    main()
