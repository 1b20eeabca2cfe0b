"""Ctrl-C twice: the first asks for an orderly end, the second leaves at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from lectern.cli.exits import CANCELLED

T = TypeVar("T")


class Interrupted(Exception):
    """The user pressed Ctrl-C while interruptible work ran."""


class Interruption:
    """Takes SIGINT and SIGTERM while in force.

    The first cancels the task that entered it, or, inside `run`, only that work. The second ends the
    process; what was started for it dies with it.
    """

    def __init__(self) -> None:
        self.happened = False
        self._target: asyncio.Future[Any] | None = None

    def __enter__(self) -> Interruption:
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
        """What `work` returns. Raises Interrupted when the first Ctrl-C cancelled it; the caller then goes on."""
        task = asyncio.ensure_future(work)
        self._target = task
        try:
            return await task
        except asyncio.CancelledError:
            if self.happened:
                raise Interrupted from None
            raise
        finally:
            self._target = self._task

    def _interrupt(self) -> None:
        if self.happened:
            os._exit(CANCELLED)
        self.happened = True
        if self._target:
            self._target.cancel()
