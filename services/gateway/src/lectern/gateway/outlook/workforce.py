"""What is there to do the work, and how far it is: signs of life and progress, heard by every replica alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack

import msgspec
from cachetools import LRUCache

from lectern.contracts import subjects
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.requests import Progress, WorkerSign
from lectern.gateway.outlook.forecast import AtWork
from lectern.worker import Bus

FORGOTTEN_SECONDS = 10.0  # after the last sign: several are lost by then
MAX_PROGRESS = 10_000  # pieces of work whose progress is kept
STAGE_OF_SERVICE = {
    "scripter": "scripting",
    "voice": "voicing",
    "coder": "coding",
    "renderer": "rendering",
    "composer": "composing",
}


class _Seen(msgspec.Struct, frozen=True):
    sign: WorkerSign
    at: float


class Workforce:
    """The workers that have shown themselves lately, and the progress of their work. `clock` returns seconds."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._clock = clock
        self._subscriptions = AsyncExitStack()
        self._seen: dict[str, _Seen] = {}
        self._progress: LRUCache[tuple[str, str, int], tuple[int, float, float]] = LRUCache(MAX_PROGRESS)

    async def start(self) -> None:
        """Begin to listen."""
        await self._subscriptions.enter_async_context(self._bus.listening(subjects.WORKERS, self._on_sign))
        await self._subscriptions.enter_async_context(self._bus.listening(subjects.PROGRESS, self._on_progress))

    async def close(self) -> None:
        """Listen no more."""
        await self._subscriptions.aclose()

    def count(self, stage: str) -> tuple[int, int, int]:
        """A stage's workers, their slots, and how many of those are busy."""
        limit = self._clock() - FORGOTTEN_SECONDS
        for worker in [worker for worker, seen in self._seen.items() if seen.at < limit]:
            del self._seen[worker]
        signs = [seen.sign for seen in self._seen.values() if STAGE_OF_SERVICE.get(seen.sign.stage) == stage]
        return len(signs), sum(sign.slots for sign in signs), sum(sign.busy for sign in signs)

    def find_at_work(self, video_id: str, revision: int, stage: str, items: Iterable[int]) -> AtWork:
        """Which of the items (scenes, 0 for the whole video) workers have lately told progress of, in a stage."""
        limit = self._clock() - FORGOTTEN_SECONDS
        known = [self._progress.get((video_id, stage, item)) for item in items]
        shares = [each[1] for each in known if each and each[0] >= revision and each[2] >= limit]
        return AtWork(len(shares), sum(shares))

    async def _on_sign(self, subject: str, data: bytes) -> None:
        try:
            sign = msgspec.json.decode(data, type=WorkerSign)
        except UNREADABLE:
            return
        if sign.slots:
            self._seen[sign.worker] = _Seen(sign, self._clock())
        else:
            self._seen.pop(sign.worker, None)

    async def _on_progress(self, subject: str, data: bytes) -> None:
        try:
            told = msgspec.json.decode(data, type=Progress)
        except UNREADABLE:
            return
        share = min(1.0, max(0.0, told.done / told.of)) if told.of > 0 else 0.0
        key = (told.video_id, STAGE_OF_SERVICE.get(told.stage, told.stage), told.scene or 0)
        self._progress[key] = (told.revision, share, self._clock())
