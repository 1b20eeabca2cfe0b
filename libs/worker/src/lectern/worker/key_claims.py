"""One at a time for each key among all processes, for as long as whoever holds it shows that it is alive (ADR 49)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats.errors
import structlog
from nats.js import errors as js_errors

from lectern.contracts.topology import CLAIM_SECONDS
from lectern.worker.key_locks import KeyLocks
from lectern.worker.key_value import KeyValueStore

_LONGEST_SECONDS = 1800.0  # that a claim is renewed for: longer than any call takes with all its attempts
_LOOK_SECONDS = 0.5  # between two looks at a claim of another's
_OUTAGES = (nats.errors.Error, js_errors.Error, TimeoutError, ConnectionError)


class KeyClaims:
    """Claims in a bucket that forgets entries `lease` seconds after their last change.

    Without a bucket, and while it does not answer, keys are held within this process only: no work stops for it.
    """

    def __init__(self, bucket: KeyValueStore | None = None, *, lease: float = CLAIM_SECONDS) -> None:
        self._bucket = bucket
        self._lease = lease
        self._here = KeyLocks()

    @asynccontextmanager
    async def holding(self, key: str) -> AsyncIterator[None]:
        """Waits until nobody alive holds the key, then holds it while the context lasts."""
        async with self._here.holding(key):
            claim = await self._wait_for_claim(self._bucket, key) if self._bucket else None
            if claim is None:
                yield
                return
            renewing = asyncio.create_task(claim.keep_renewing(self._lease / 4))
            try:
                yield
            finally:
                renewing.cancel()
                await asyncio.gather(renewing, return_exceptions=True)
                await claim.release()

    async def _wait_for_claim(self, bucket: KeyValueStore, key: str) -> _Claim | None:
        """Our claim, once another's has ended; None when the bucket cannot be asked."""
        try:
            while (revision := await bucket.create(key, b"")) is None:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_SECONDS)
        except _OUTAGES as error:
            logger = structlog.get_logger("lectern.worker")
            logger.warning("claims cannot be made", action="unclaimed", key=key, error=type(error).__name__)
            return None
        return _Claim(bucket, key, revision)


class _Claim:
    """A claim of ours, which another may take should we have been frozen for longer than the lease."""

    def __init__(self, bucket: KeyValueStore, key: str, revision: int) -> None:
        self._bucket = bucket
        self._key = key
        self._revision: int | None = revision

    async def keep_renewing(self, gap: float) -> None:
        """Shows each `gap` seconds that this process is alive, until the claim is another's."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while self._revision is not None and time.monotonic() < deadline:
            await asyncio.sleep(gap)
            with contextlib.suppress(*_OUTAGES):
                renewed = await self._bucket.update(self._key, b"", self._revision)
                self._revision = renewed or await self._bucket.create(self._key, b"")

    async def release(self) -> None:
        """Lets the next one have the key. What cannot be released is forgotten by the server."""
        if self._revision is not None:
            with contextlib.suppress(*_OUTAGES):
                await self._bucket.delete(self._key, self._revision)
