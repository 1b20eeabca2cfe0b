"""Answers of the last 24 hours, kept so that a repeated question costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import msgspec
import structlog

from lectern.contracts.decoding import UNREADABLE
from lectern.llm.request import Citation
from lectern.worker import Transient, Unavailable

MAX_AGE_SECONDS = 24 * 3600.0
MAX_UNSTORED = 64  # answers that wait in memory for the store; each is some kilobytes


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
    """A cache of answers over a store; without a store it keeps nothing.

    What cannot be stored is kept in memory, as it has been paid for, and stored when it is wanted again.
    """

    def __init__(self, store: AnswerStore | None, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._unstored: dict[str, CachedAnswer] = {}

    @property
    def is_kept(self) -> bool:
        """True if answers are kept anywhere."""
        return self._store is not None

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer under a key; None when there is none, or it is too old.

        Raises Unavailable when the store is: the answer may be in it, and asking again would cost again.
        """
        if self._store is None:
            return None
        if unstored := self._unstored.get(key):
            await self._keep(key, unstored)
        answer = unstored or await self._read(self._store, key)
        return answer if answer and self._clock() - answer.at < MAX_AGE_SECONDS else None

    async def put(self, key: str, text: str, model: str, citations: tuple[Citation, ...]) -> None:
        """Keeps an answer, in memory for as long as the store cannot."""
        await self._keep(key, CachedAnswer(text=text, model=model, at=self._clock(), citations=citations))

    async def _read(self, store: AnswerStore, key: str) -> CachedAnswer | None:
        try:
            return msgspec.json.decode(await store.get(key), type=CachedAnswer)
        except Unavailable:
            raise
        except (Transient, *UNREADABLE):
            return None  # absent, or not readable any more

    async def _keep(self, key: str, answer: CachedAnswer) -> None:
        if self._store is None:
            return
        self._unstored[key] = answer
        if len(self._unstored) > MAX_UNSTORED:
            self._unstored.pop(next(iter(self._unstored)))  # the oldest
        try:
            await self._store.put(key, msgspec.json.encode(answer), "application/json")
        except Transient as error:
            logger = structlog.get_logger("lectern.llm")
            logger.warning("an answer could not be stored", action="answer-unstored", reason=str(error)[:200])
        else:
            self._unstored.pop(key, None)
