"""Serves HTTP until a stop event, without touching signals: those belong to `__main__`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from lectern.gateway.settings import GatewaySettings
from lectern.worker import wait_until_done

MAX_QUEUED = 4096  # connections that the kernel keeps until they are accepted
MAX_ACCEPTED_AT_ONCE = 32
MAX_HEAD_BYTES = 16 * 1024  # a request's line and headers; beyond it comes a 400


class _Protocol(H11Protocol):
    """h11 limits only what it has to wait for, so a head that arrived whole in one read could have any size."""

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), MAX_HEAD_BYTES):
            if self.transport.is_closing():  # it was refused
                return
            super().data_received(data[start : start + MAX_HEAD_BYTES])


class _Server(uvicorn.Server):
    """uvicorn would take SIGTERM for itself and delay the process's own shutdown."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """asyncio accepts as many at once as may queue: of a storm it would take thousands before it answers one.

        So it is told a small number, and the kernel afterwards a large one. Others are served in between: streams get
        their events, and answers of the event log are read before they seem not to come.
        """
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(MAX_QUEUED)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket. Raises OSError with the address when it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that name TCP; without this every response takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{host}:{port}: {error.strerror}; choose another with LECTERN_PORT") from error
    return listener


async def serve(app: ASGIApp, settings: GatewaySettings, stop: asyncio.Event, drain: Callable[[], None]) -> None:
    """Serve until `stop`, then drain event streams and let running requests end within the grace period."""
    listener = listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        backlog=MAX_ACCEPTED_AT_ONCE,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=max(1, int(settings.grace_seconds)),
    )
    server = _Server(config)
    host, port = listener.getsockname()[:2]
    structlog.get_logger("lectern.gateway").info("listening", action="listen", url=f"http://{host}:{port}")
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await wait_until_done(serving, stop)
        drain()
        server.should_exit = True
        await serving
    finally:
        serving.cancel()
        listener.close()
