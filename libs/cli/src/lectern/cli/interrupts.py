"""Ctrl-C: the first cancels in an orderly way, the second exits immediately."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from lectern.cli.exit_status import CANCELLED

T = TypeVar("T")


class Interrupted(Exception):
    """The user pressed Ctrl-C while interruptible work ran."""


class InterruptHandler:
    """Handles SIGINT and SIGTERM while its context lasts.

    The first signal cancels the task that entered the context or, during `run`, only that work. The second exits the
    process; the kernel ends the children with it.
    """

    def __init__(self) -> None:
        self.interrupted = False
        self._target: asyncio.Future[Any] | None = None

    def __enter__(self) -> InterruptHandler:
        self._target = self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Awaits `work`. Raises Interrupted when the first Ctrl-C cancelled it, so that the caller can clean up."""
        task = asyncio.ensure_future(work)
        self._target = task
        try:
            return await task
        except asyncio.CancelledError:
            if self.interrupted:
                raise Interrupted from None
            raise
        finally:
            self._target = self._task

    def _interrupt(self) -> None:
        if self.interrupted:
            os._exit(CANCELLED)
        self.interrupted = True
        if self._target:
            self._target.cancel()
