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
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from lectern.contracts.decoding import UNREADABLE
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import SandboxMessage, ServeTex, TypesettingBegan, TypesettingEnded
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
    """Answers requests from the cache, or by running LaTeX in one of the scratch folders, at most one run in each.

    `report` is told when that begins and ends.
    """

    def __init__(
        self,
        cache: FormulaCache,
        scratch: Iterable[Path],
        typesetter: Typesetter,
        report: Callable[[SandboxMessage], None],
    ) -> None:
        self._report = report
        self._cache = cache
        self._typesetter = typesetter
        self._free: asyncio.Queue[Path] = asyncio.Queue()
        for folder in scratch:
            self._free.put_nowait(folder)

    async def typeset(self, request: TexRequest, job: ServeTex) -> TexReply:
        """Typesets a document for a job at its priority, or returns the cached reply.

        Raises OSError when the disk is full.
        """
        key = request.cache_key()
        cached = self._cache.find(key)
        if cached is not None:
            return cached
        computed = 0.0
        self._report(TypesettingBegan(id=job.id))
        try:
            reply, computed = await self._run_latex(request, job.nice)
        finally:
            self._report(TypesettingEnded(id=job.id, cpu_seconds=computed))
        with contextlib.suppress(OSError):  # on a full disk the formula is still good, only not kept
            self._cache.store(key, reply)
        return reply

    async def _run_latex(self, request: TexRequest, nice: int) -> tuple[TexReply, float]:
        scratch = await self._free.get()
        try:
            return await typesetting.typeset(request, scratch, self._typesetter.lower_priority(nice))
        finally:
            self._free.put_nowait(scratch)

    async def serve(self, job: ServeTex, requests: int, replies: int) -> None:
        """Answers one job's requests in turn, until it hangs up or sends something invalid. Closes both pipes."""
        os.set_blocking(requests, False)
        os.set_blocking(replies, False)
        # The supervisor has taken the job to wait for a formula since it sent its first byte. From here on that is
        # true only while programs run for it, so that half a request is no way to hold a slot.
        self._report(TypesettingEnded(id=job.id))
        try:
            while True:
                length = decode_length(await read_exactly(requests, HEADER_BYTES))
                if length > MAX_REQUEST_BYTES:
                    return
                request = msgspec.msgpack.decode(await read_exactly(requests, length), type=TexRequest)
                try:
                    reply = await self._typeset_while_connected(request, replies, job)
                except OSError as error:  # a full disk, most likely
                    reply = TexReply(error=f"the LaTeX broker cannot use its work folder: {error.strerror}")
                if reply is None:
                    return
                await write_all(replies, encode_frame(reply))
        except (OSError, EOFError, *UNREADABLE):
            return
        finally:
            os.close(requests)
            os.close(replies)

    async def _typeset_while_connected(self, request: TexRequest, replies: int, job: ServeTex) -> TexReply | None:
        """Typesets, but stops when the job has hung up: nobody waits for the reply. Returns None then."""
        loop = asyncio.get_running_loop()
        typesetting_task = asyncio.ensure_future(self.typeset(request, job))
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

    def report(message: SandboxMessage) -> None:
        with contextlib.suppress(OSError):  # the supervisor has just died, which ends this process too
            supervisor.send(message)

    broker = TexBroker(
        FormulaCache(confined.cache),
        confined.scratch,
        Typesetter(cell=confined.cell, programs=setup.programs),
        report,
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
            task = loop.create_task(broker.serve(message, pipes[0], pipes[1]))
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
