"""Idempotency-Key: a request that is sent twice has its effect once, and gets the same response twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec
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
CLAIM_EXPIRES_AFTER = timedelta(seconds=60)  # a request takes a second; after a minute its process must have died


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
    """A key's entry. `video_id` is chosen before the work, so that whoever takes over makes the same video."""

    fingerprint: str
    video_id: str
    at: datetime
    response: StoredResponse | None = msgspec.field(default=None, name="answer")


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

    Work must be repeatable for the same id: it runs again when it met an outage, or its process died. Raises a 422 for
    a key that was used with another body, and a 409 while the first request is still in progress.
    """
    if not key:
        return (await work(new_id())).to_http()
    if not _KEY.fullmatch(key):
        raise refuse_fields(FieldError(pointer="Idempotency-Key", detail="must be 1 to 255 printable ASCII characters"))
    slot = _slot(operation, key)
    claim = Claim(fingerprint=fingerprint, video_id=new_id(), at=now())
    revision = await bucket.create(slot, msgspec.json.encode(claim))
    if revision is None:
        found = await _read_claim(bucket, slot, fingerprint)
        if isinstance(found, StoredResponse):
            return found.to_http(replayed=True)
        claim, revision = found
    for made in list_made(claim.video_id):
        await bucket.create(_index_key(made), slot.encode())
    try:
        response = await work(claim.video_id)
    except (Refusal, ProblemError):
        await bucket.delete(slot, revision)
        raise
    except BaseException:
        # Part of it may be done, so that whoever sends it again must get the same id, and need not wait.
        abandoned = msgspec.structs.replace(claim, at=claim.at - CLAIM_EXPIRES_AFTER)
        await bucket.update(slot, msgspec.json.encode(abandoned), revision)
        raise
    await bucket.update(slot, msgspec.json.encode(msgspec.structs.replace(claim, response=response)), revision)
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


async def _read_claim(bucket: KeyValueStore, slot: str, fingerprint: str) -> StoredResponse | tuple[Claim, int]:
    """Read the response of another request's work, or take over its abandoned claim."""
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
    if now() - claim.at < CLAIM_EXPIRES_AFTER:
        raise _refuse_in_progress()
    renewed = msgspec.structs.replace(claim, at=now())
    revision = await bucket.update(slot, msgspec.json.encode(renewed), entry.revision)
    if revision is None:
        raise _refuse_in_progress()
    return renewed, revision


def _refuse_in_progress() -> Refusal:
    return refuse(
        problem_types.IDEMPOTENCY_IN_PROGRESS, "A request with this Idempotency-Key is in progress.", retry_after=1
    )
