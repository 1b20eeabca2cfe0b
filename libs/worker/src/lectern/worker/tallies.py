"""What is remembered of a message's earlier deliveries. Deliveries are the server's; attempts are ours to count.

A message is delivered again for many reasons: a failure, an outage, a worker that stops, another video's turn. Only
failures, and starts whose end nobody recorded (a crash), count as attempts.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import nats.errors

from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.usage import Usage
from lectern.worker.failures import Unavailable
from lectern.worker.key_value import KeyValueStore


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message's past. `attempts` begun that count; how often it has waited in a row, for what, and since when.

    `cut_short`: how many runs of a stranger's code ended with an outage. They are no attempts, but bounded as well.
    `left_at` is when the last delivery of which something is remembered gave the message back.
    `spent` is what earlier deliveries have paid for without an answer to report it in.
    """

    attempts: int = 0
    waits: int = 0
    waits_for: str = ""
    waiting_since: datetime | None = None
    cut_short: int = 0
    spent: tuple[Usage, ...] = ()
    left_at: datetime | None = None

    @property
    def is_unbegun(self) -> bool:
        """True if no delivery has come to anything: nothing was tried, waited for or paid."""
        return msgspec.structs.replace(self, left_at=None) == Tally()


class Tallies:
    """The tallies of one stage's messages, in a bucket. A message that is delivered the first time has none."""

    def __init__(self, bucket: KeyValueStore) -> None:
        self._bucket = bucket

    async def read(self, key: str) -> tuple[Tally, int]:
        """The tally and the revision that a change must name. Raises Unavailable."""
        try:
            entry = await self._bucket.get(key)
        except (nats.errors.Error, TimeoutError) as error:
            raise _unavailable(error) from error
        if entry is None or entry.value is None:
            return Tally(), 0
        try:
            return msgspec.json.decode(entry.value, type=Tally), entry.revision
        except UNREADABLE:
            return Tally(), entry.revision  # a later version's

    async def write(self, key: str, tally: Tally, last: int) -> int:
        """Stores a tally over revision `last` (0: none); returns the new revision. Raises Unavailable.

        Another worker that has the message by now has written its own, which stands: 0 is returned.
        """
        data = msgspec.json.encode(tally)
        try:
            written = await self._bucket.put(key, data, last or None)
        except (nats.errors.Error, TimeoutError) as error:
            raise _unavailable(error) from error
        return written or 0


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"the event log does not answer ({type(error).__name__})", code="log-unavailable")
