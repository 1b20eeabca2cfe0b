"""Answers of the last 24 hours, kept so that a repeated question costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from lectern.llm.request import Citation

MAX_AGE_SECONDS = 24 * 3600.0


class AnswerStore(Protocol):
    """Stores bytes by key. The object store fits."""

    async def get(self, key: str) -> bytes: ...

    async def put(self, key: str, data: bytes, media_type: str) -> None: ...


class CachedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it is stored. `at` is in seconds since the epoch."""

    text: str
    model: str
    at: float
    citations: tuple[Citation, ...] = msgspec.field(default=(), name="sources")


class AnswerCache:
    """A cache of answers over a store; without a store it keeps nothing."""

    def __init__(self, store: AnswerStore | None, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    @property
    def is_kept(self) -> bool:
        """True if answers are kept anywhere."""
        return self._store is not None

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer under a key; None when there is none, or it is too old."""
        if self._store is None:
            return None
        try:
            answer = msgspec.json.decode(await self._store.get(key), type=CachedAnswer)
        except Exception:
            return None  # absent, unreadable or out of reach: asking again is always right
        return answer if self._clock() - answer.at < MAX_AGE_SECONDS else None

    async def put(self, key: str, text: str, model: str, citations: tuple[Citation, ...]) -> None:
        """Stores an answer."""
        if self._store is not None:
            answer = CachedAnswer(text=text, model=model, at=self._clock(), citations=citations)
            await self._store.put(key, msgspec.json.encode(answer), "application/json")
