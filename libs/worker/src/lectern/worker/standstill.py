"""Taking little while nothing can be done: what all work needs is away, so most of it may as well wait in the log.

Work that waits in the log goes on at once; what was handed back to wait, only when its time has come (ADR 47).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from lectern.worker.health import Check, run_check
from lectern.worker.stopping import wait_for

LOOK_SECONDS = 2.0  # between two looks at what is away
TRICKLE_SECONDS = 5.0  # after which a message is taken all the same: its video is to say what it waits for
_CHECK_SECONDS = 5.0  # a store that is only slow is not away


class Standstill:
    """Whether a stage of this process can do nothing at all, as its `checks` say. See `connection_checks`.

    `look` is how often they are made while it lasts, `trickle` how often a message is taken meanwhile, in seconds.
    """

    def __init__(
        self, checks: Mapping[str, Check], *, look: float = LOOK_SECONDS, trickle: float = TRICKLE_SECONDS
    ) -> None:
        self._checks = checks
        self._look = look
        self._trickle = trickle
        self._lasts = False
        self._logger = structlog.get_logger("lectern.worker")

    async def begin(self) -> bool:
        """Begins, or goes on, if a check fails; returns whether it lasts. For when some work could not be done."""
        failed = [] if self._lasts else await self._find_failed(_CHECK_SECONDS)
        if failed and not self._lasts:  # other work may have met it meanwhile
            self._logger.warning("nothing can be done; taking little", action="standstill", failed=failed)
            self._lasts = True
        return self._lasts

    def end(self) -> None:
        """Ends it: some work was done."""
        if self._lasts:
            self._logger.info("work can be done again", action="standstill-over")
        self._lasts = False

    async def wait(self, stop: asyncio.Event) -> None:
        """Returns at once while none lasts; else when it is over, when the next message may be taken, or at a stop."""
        deadline = time.monotonic() + self._trickle
        while self._lasts and (left := deadline - time.monotonic()) > 0:
            if await wait_for(stop, min(self._look, left)):
                return
            if self._lasts and not await self._find_failed(max(0.0, deadline - time.monotonic())):
                self.end()

    async def _find_failed(self, seconds: float) -> list[str]:
        results = await asyncio.gather(*(run_check(check, seconds) for check in self._checks.values()))
        return [name for name, result in zip(self._checks, results, strict=True) if result != "ok"]
