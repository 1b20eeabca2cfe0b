"""Idempotency-Key: a request that is sent twice has its effect once, and gets the same response twice."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec
import nats.errors
from fastapi import Header, Response
from pydantic import BaseModel

from lectern.contracts import keys
from lectern.contracts.events import now
from lectern.contracts.ids import new_id
from lectern.contracts.problems import FieldError, ProblemError
from lectern.gateway import problem_types
from lectern.gateway.refusals import Refusal, refuse, refuse_fields
from lectern.worker import KeyValueStore

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
IdempotencyKey = Annotated[
    str,
    Header(
        description="makes it safe to send the request again",
        json_schema_extra={"pattern": r"^[\u0020-\u007e]{0,255}$"},  # an empty one is none
    ),
]
RENEWAL_SECONDS = 1.0  # between two signs of life of a request that is at work
SILENT_SECONDS = 5.0  # without one: its process has died, or what it wrote last was lost with the log's answer
_POLL_SECONDS = 0.25  # between two looks at another's claim
_EXPIRY = timedelta(seconds=60)  # that earlier gateways wait, by their clocks, before they take over a claim


class StoredResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response to a request, as it is kept and replayed."""

    status: int
    headers: dict[str, str]
    body: str
    media_type: str

    def to_http(self, *, replayed: bool = False) -> Response:
        """The HTTP response."""
        headers = {**self.headers, "Idempotent-Replayed": "true"} if replayed else self.headers
        return Response(self.body, self.status, headers=headers, media_type=self.media_type)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A key's entry. `video_id` is chosen before the work, so that whoever takes over makes the same video.

    Whether somebody works on it tells a new revision of the entry, as clocks of machines differ.
    """

    fingerprint: str
    video_id: str
    at: datetime
    abandoned: bool = False
    response: StoredResponse | None = msgspec.field(default=None, name="answer")


@dataclass
class _Hold:
    """A claim that this request works on, and the revision in which it was written last."""

    claim: Claim
    revision: int


Work: TypeAlias = Callable[[str], Awaitable[StoredResponse]]


def make_fingerprint(body: BaseModel | None, *, as_sent: bool = False) -> str:
    """What must be the same in requests with one key: the body, or just the fields of it that were sent."""
    return keys.digest(body.model_dump(mode="json", exclude_unset=as_sent) if body else None)


async def run_once(
    bucket: KeyValueStore,
    key: str,
    operation: str,
    fingerprint: str,
    work: Work,
    list_made: Callable[[str], Iterable[str]] = lambda video_id: (video_id,),
) -> Response:
    """Run `work(video_id)` under an Idempotency-Key, or replay its response. Work that is refused leaves no trace.

    `list_made` gives the ids of the videos that the response shows: with any of them it is forgotten.

    Work must be repeatable for the same id: it runs again when it met an outage, or its process died, which is known
    after 5 s without a sign of life. Raises a 422 for a key that was used with another body, and a 409 while the first
    request is still in progress.
    """
    if not key:
        return (await work(new_id())).to_http()
    if not _KEY.fullmatch(key):
        raise refuse_fields(FieldError(pointer="Idempotency-Key", detail="must be 1 to 255 printable ASCII characters"))
    slot = _slot(operation, key)
    claim = Claim(fingerprint=fingerprint, video_id=new_id(), at=now())
    revision = await bucket.create(slot, msgspec.json.encode(claim))
    hold = _Hold(claim, revision) if revision is not None else await _join(bucket, slot, fingerprint)
    if isinstance(hold, StoredResponse):
        return hold.to_http(replayed=True)
    for made in list_made(hold.claim.video_id):
        await bucket.create(_index_key(made), slot.encode())
    try:
        async with _renewing(bucket, slot, hold):
            response = await work(hold.claim.video_id)
    except (Refusal, ProblemError):
        await bucket.delete(slot, hold.revision)
        raise
    except BaseException:
        # Part of it may be done, so that whoever sends it again must get the same id, and need not wait.
        abandoned = msgspec.structs.replace(hold.claim, at=hold.claim.at - _EXPIRY, abandoned=True)
        await bucket.update(slot, msgspec.json.encode(abandoned), hold.revision)
        raise
    done = msgspec.structs.replace(hold.claim, response=response)
    await bucket.update(slot, msgspec.json.encode(done), hold.revision)
    return response.to_http()


async def find_claim(bucket: KeyValueStore, operation: str, key: str) -> str | None:
    """The id of the video that a request with this key made, or is making; None after a day, or without one."""
    entry = await bucket.get(_slot(operation, key))
    return msgspec.json.decode(entry.value, type=Claim).video_id if entry and entry.value else None


async def forget_claim(bucket: KeyValueStore, video_id: str) -> None:
    """Forget the request that made a video, and its response. Its key may then be used again."""
    entry = await bucket.get(_index_key(video_id))
    if entry is None or not entry.value:
        return
    await bucket.purge(entry.value.decode())
    await bucket.purge(entry.key)


def _slot(operation: str, key: str) -> str:
    return hashlib.sha256(f"{operation}\n{key}".encode()).hexdigest()


def _index_key(video_id: str) -> str:
    """Where the bucket keeps which claim made a video."""
    return f"made.{video_id}"


@asynccontextmanager
async def _renewing(bucket: KeyValueStore, slot: str, hold: _Hold) -> AsyncIterator[None]:
    """Writes the claim again and again while the context lasts, until somebody else has taken it over."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            with contextlib.suppress(nats.errors.Error, TimeoutError, ConnectionError):
                renewed = msgspec.structs.replace(hold.claim, at=now())
                revision = await bucket.update(slot, msgspec.json.encode(renewed), hold.revision)
                if revision is None:
                    return
                hold.revision = revision

    renewing = asyncio.create_task(renew(), name="renew-claim")
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _join(bucket: KeyValueStore, slot: str, fingerprint: str) -> StoredResponse | _Hold:
    """Read the response of another request's work, or take over its claim once nobody works on it."""
    seen, deadline = 0, time.monotonic() + SILENT_SECONDS
    while True:
        entry = await bucket.get(slot)
        if entry is None or not entry.value:
            raise _refuse_in_progress()
        claim = msgspec.json.decode(entry.value, type=Claim)
        if claim.fingerprint != fingerprint:
            raise refuse(
                problem_types.IDEMPOTENCY_KEY_REUSED, "This key was sent with another body within the last 24 hours."
            )
        if claim.response:
            return claim.response
        if claim.abandoned or time.monotonic() >= deadline:
            taken = msgspec.structs.replace(claim, at=now(), abandoned=False)
            revision = await bucket.update(slot, msgspec.json.encode(taken), entry.revision)
            if revision is None:
                raise _refuse_in_progress()
            return _Hold(taken, revision)
        if seen and entry.revision != seen:
            raise _refuse_in_progress()
        seen = entry.revision
        await asyncio.sleep(_POLL_SECONDS)


def _refuse_in_progress() -> Refusal:
    return refuse(
        problem_types.IDEMPOTENCY_IN_PROGRESS, "A request with this Idempotency-Key is in progress.", retry_after=1
    )
