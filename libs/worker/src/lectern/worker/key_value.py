"""Key-value buckets: small values that processes share. A change must name the value's newest revision."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import api
from nats.js import errors as js_errors
from nats.js.kv import KeyValue

_WRONG_LAST_SEQUENCE = 10071  # NATS error code: the expected last sequence is not the last one
HEARTBEAT_SECONDS = 1.0  # nats-py notices a lost ordered consumer after two to four of them (its default is 5)


class KeyValueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A key's value and the revision that a change of it must name. `value` is None once it was deleted."""

    key: str
    value: bytes | None
    revision: int


EntryListener: TypeAlias = Callable[[KeyValueEntry], Awaitable[None]]
ValueChange: TypeAlias = Callable[[bytes | None], bytes | None]


class KeyValueStore(ABC):
    """One bucket: `JetStreamKeyValueStore` on a server, `MemoryKeyValueStore` in this process."""

    @abstractmethod
    async def get(self, key: str) -> KeyValueEntry | None:
        """The key's entry; None when there is none."""

    @abstractmethod
    async def create(self, key: str, value: bytes) -> int | None:
        """Stores a new key; returns its revision, or None when the key exists."""

    @abstractmethod
    async def update(self, key: str, value: bytes, last: int) -> int | None:
        """Replaces the value of revision `last`; returns the new revision, or None when somebody else was first."""

    async def put(self, key: str, value: bytes, last: int | None) -> int | None:
        """`update`, or `create` where `last` is None."""
        return await (self.create(key, value) if last is None else self.update(key, value, last))

    async def change(self, key: str, change: ValueChange) -> KeyValueEntry | None:
        """Applies a change to the newest value, again whenever somebody else was first; returns the key's entry.

        `change` gets None for a key that does not exist, and returns None to leave all as it is.
        """
        while True:
            entry = await self.get(key)
            value = change(entry.value if entry else None)
            if value is None:
                return entry
            revision = await self.put(key, value, entry.revision if entry else None)
            if revision is not None:
                return KeyValueEntry(key=key, value=value, revision=revision)

    @abstractmethod
    async def delete(self, key: str, last: int | None = None) -> bool:
        """Deletes a key, of revision `last` if given; False when somebody else changed it first."""

    @abstractmethod
    async def purge(self, pattern: str) -> None:
        """Removes all keys that match (tokens between dots; `*` is any), with their history. Watchers do not see it."""

    @abstractmethod
    def watching(self, listener: EntryListener) -> AbstractAsyncContextManager[asyncio.Event]:
        """Passes every entry that exists, then each change, to `listener` while the context lasts.

        A bucket keeps one value for each key, so of two quick changes of a key only the second may be passed. Yields
        an event that is set once all that existed at the start has been passed.
        """


class JetStreamKeyValueStore(KeyValueStore):
    """A JetStream bucket. See `KeyValueStore` for what each method promises."""

    def __init__(self, nats: Client, name: str) -> None:
        self._js = nats.jetstream(timeout=5)
        self._name = name
        self._opened: KeyValue | None = None

    async def _open(self) -> KeyValue:
        if self._opened is None:
            self._opened = await self._js.key_value(self._name)
        return self._opened

    async def get(self, key: str) -> KeyValueEntry | None:
        """See `KeyValueStore.get`."""
        try:
            entry = await (await self._open()).get(key)
        except js_errors.KeyNotFoundError:
            return None
        return KeyValueEntry(key=key, value=entry.value, revision=entry.revision or 0)

    async def create(self, key: str, value: bytes) -> int | None:
        """See `KeyValueStore.create`."""
        try:
            return await (await self._open()).create(key, value)
        except (js_errors.KeyWrongLastSequenceError, js_errors.KeyNotFoundError):
            return None  # it exists, or did a moment ago

    async def update(self, key: str, value: bytes, last: int) -> int | None:
        """See `KeyValueStore.update`."""
        try:
            return await (await self._open()).update(key, value, last=last)
        except js_errors.KeyWrongLastSequenceError:
            return None

    async def delete(self, key: str, last: int | None = None) -> bool:
        """See `KeyValueStore.delete`."""
        try:
            return await (await self._open()).delete(key, last=last)
        except js_errors.APIError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                return False
            raise

    async def purge(self, pattern: str) -> None:
        """See `KeyValueStore.purge`."""
        await self._js.purge_stream(f"KV_{self._name}", subject=f"$KV.{self._name}.{pattern}")

    @asynccontextmanager
    async def watching(self, listener: EntryListener) -> AsyncIterator[asyncio.Event]:
        """See `KeyValueStore.watching`."""
        prefix = f"$KV.{self._name}."
        current = asyncio.Event()
        revisions: dict[str, int] = {}

        async def on_message(message: Msg) -> None:
            key, revision = message.subject.removeprefix(prefix), message.metadata.sequence.stream
            if revision > revisions.get(key, 0):  # an ordered consumer that starts over repeats what it had
                revisions[key] = revision
                await listener(KeyValueEntry(key=key, value=message.data or None, revision=revision))
            if message.metadata.num_pending == 0:
                current.set()

        subscription = await self._js.subscribe(
            f"{prefix}>",
            stream=f"KV_{self._name}",
            ordered_consumer=True,
            config=api.ConsumerConfig(deliver_policy=api.DeliverPolicy.LAST_PER_SUBJECT),
            cb=on_message,
            idle_heartbeat=HEARTBEAT_SECONDS,
        )
        # Not the consumer is asked: on a busy machine it may have been replaced by now, as it missed heartbeats.
        if not (await self._js.stream_info(f"KV_{self._name}")).state.messages:
            current.set()
        try:
            yield current
        finally:
            with contextlib.suppress(nats.errors.Error):  # the connection is gone, and the subscription with it
                await subscription.unsubscribe()
