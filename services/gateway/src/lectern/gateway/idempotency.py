"""Idempotency-Key: a request that is sent twice is done once, and answered twice the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
from fastapi import Response
from nats.js import errors as js_errors
from nats.js.kv import KeyValue

from lectern.contracts.events import now
from lectern.contracts.ids import new_id
from lectern.contracts.problems import FieldError
from lectern.gateway.refusals import invalid, refusal

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
ABANDONED = timedelta(seconds=60)  # a request takes a second; after a minute its process must have died


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    body: str
    media_type: str

    def response(self, *, replayed: bool = False) -> Response:
        """The HTTP response."""
        headers = {**self.headers, "Idempotent-Replayed": "true"} if replayed else self.headers
        return Response(self.body, self.status, headers=headers, media_type=self.media_type)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept under a key. `video_id` is chosen before the work, so that whoever takes over makes the same one."""

    fingerprint: str
    video_id: str
    at: datetime
    answer: Answer | None = None


Work = Callable[[str], Awaitable[Answer]]


async def once(bucket: KeyValue, key: str | None, operation: str, fingerprint: str, work: Work) -> Response:
    """Does `work(video_id)` under an Idempotency-Key, or replays its answer. Work that raises leaves no trace.

    Work must be repeatable for the same id: it is done again when a process died in the middle of it. Raises 422 for
    a key that was used with another body, 409 while the first request is still being answered.
    """
    if key is None:
        return (await work(new_id())).response()
    if not _KEY.fullmatch(key):
        raise invalid(FieldError(pointer="Idempotency-Key", detail="must be 1 to 255 printable ASCII characters"))
    slot = hashlib.sha256(f"{operation}\n{key}".encode()).hexdigest()
    record = Record(fingerprint=fingerprint, video_id=new_id(), at=now())
    try:
        revision = await bucket.create(slot, msgspec.json.encode(record))
    except js_errors.KeyWrongLastSequenceError:
        claimed = await _claimed(bucket, slot, fingerprint)
        if isinstance(claimed, Answer):
            return claimed.response(replayed=True)
        record, revision = claimed
    try:
        answer = await work(record.video_id)
    except BaseException:
        await bucket.delete(slot, last=revision)
        raise
    await bucket.update(slot, msgspec.json.encode(msgspec.structs.replace(record, answer=answer)), last=revision)
    return answer.response()


async def _claimed(bucket: KeyValue, slot: str, fingerprint: str) -> Answer | tuple[Record, int]:
    """The answer somebody else's work got, or their abandoned claim, now ours."""
    try:
        entry = await bucket.get(slot)
    except js_errors.KeyNotFoundError as error:
        raise _in_progress() from error
    if not entry.value or entry.revision is None:
        raise _in_progress()
    record = msgspec.json.decode(entry.value, type=Record)
    if record.fingerprint != fingerprint:
        raise refusal(
            422,
            "idempotency-key-reused",
            "The Idempotency-Key belongs to another request",
            "This key was sent within the last 24 hours with another body.",
            "Use a new key for a new request.",
        )
    if record.answer:
        return record.answer
    if now() - record.at < ABANDONED:
        raise _in_progress()
    taken = msgspec.structs.replace(record, at=now())
    try:
        return taken, await bucket.update(slot, msgspec.json.encode(taken), last=entry.revision)
    except js_errors.KeyWrongLastSequenceError as error:
        raise _in_progress() from error


def _in_progress() -> Exception:
    return refusal(
        409,
        "idempotency-in-progress",
        "The first request is still being answered",
        "A request with this Idempotency-Key is being worked on.",
        "Wait a second and send it again; you will get its answer.",
        retry_after=1,
    )
