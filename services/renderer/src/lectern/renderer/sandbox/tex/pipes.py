"""Reads and writes pipes in the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable


async def read_exactly(fd: int, count: int) -> bytes:
    """Reads `count` bytes from a non-blocking pipe. Raises EOFError when it ends before."""
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


async def read_to_end(fd: int) -> bytes:
    """Reads a non-blocking pipe until every writer has closed it."""
    loop = asyncio.get_running_loop()
    data = b""
    while True:
        await _wait_until_ready(loop.add_reader, loop.remove_reader, fd)
        with contextlib.suppress(BlockingIOError):
            piece = os.read(fd, 4096)
            if not piece:
                return data
            data += piece


async def write_all(fd: int, data: bytes) -> None:
    """Writes to a non-blocking pipe. Raises OSError when nobody reads it any more."""
    loop = asyncio.get_running_loop()
    while data:
        await _wait_until_ready(loop.add_writer, loop.remove_writer, fd)
        with contextlib.suppress(BlockingIOError):
            data = data[os.write(fd, data) :]


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
