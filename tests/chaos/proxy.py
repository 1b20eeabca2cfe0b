"""A TCP proxy between the services and a server, which cuts, delays and holds what passes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from lectern.cli.runner.servers import LOOPBACK

_CHUNK = 16 * 1024


class Proxy:
    """Passes connections on to a port of this machine. It may listen before anybody listens there."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._pause = 0.0
        self._open = asyncio.Event()
        self._open.set()
        self._accepts = True
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> int:
        """Resets every connection; returns how many there were. New ones are accepted."""
        count = len(self._writers) // 2
        for writer in list(self._writers):
            writer.transport.abort()
        return count

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Cuts every connection, and each new one at once, while the context lasts."""
        self._accepts = False
        self.cut()
        try:
            yield
        finally:
            self._accepts = True

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Lets nothing pass while the context lasts, with every connection open; then all that was held."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    @contextmanager
    def slowing(self, pause: float) -> Iterator[None]:
        """Waits so many seconds before each piece that passes, at most 16 KiB, while the context lasts."""
        self._pause = pause
        try:
            yield
        finally:
            self._pause = 0.0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection to its end."""
        if not self._accepts:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self._writers -= {writer, back}
            for each in (writer, back):
                each.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_CHUNK):
                await self._open.wait()
                if self._pause:
                    await asyncio.sleep(self._pause)
                target.write(data)
                await target.drain()
        with contextlib.suppress(OSError, RuntimeError):
            target.write_eof()


@asynccontextmanager
async def run_proxy(target: int) -> AsyncIterator[Proxy]:
    """A proxy that listens on a port of its own while the context lasts."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.pass_on, LOOPBACK, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
