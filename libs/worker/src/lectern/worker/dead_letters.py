"""Dead letters: messages that no worker could process, kept whole with the reason, until they are published again."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime
from typing import Protocol

import msgspec
from nats.aio.client import Client
from nats.js import api
from nats.js import errors as js_errors

from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.problems import Problem
from lectern.contracts.subjects import read_place
from lectern.contracts.topology import DEAD, VIDEOS

_REASON, _SUBJECT, _SEQUENCE, _CONSUMER = "Lectern-Reason", "Lectern-Subject", "Lectern-Sequence", "Lectern-Consumer"


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message and why it is dead. `sequence` is its place on the stream, `reason` a slug for metrics."""

    stage: str
    consumer: str
    subject: str
    sequence: int
    data: bytes
    problem: Problem
    reason: str

    @property
    def video_id(self) -> str:
        """The video's id, or `unknown` for a subject that has none."""
        return read_place(self.subject)[0] or "unknown"


class StoredDeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter in the stream. `number` is its sequence there, `subject` the one it was published on."""

    number: int
    at: datetime | None
    subject: str
    consumer: str
    problem: Problem
    data: bytes


class DeadLetters(Protocol):
    """A place that keeps dead letters."""

    async def store(self, letter: DeadLetter) -> None:
        """Keeps a letter, once for a message and consumer."""

    async def erase(self, video_id: str) -> None:
        """Removes all letters of a video."""


class JetStreamDeadLetters:
    """The `DEAD` stream over a NATS connection."""

    def __init__(self, nats: Client) -> None:
        self._js = nats.jetstream(timeout=5)

    async def store(self, letter: DeadLetter) -> None:
        """Keeps a letter, once for a message and consumer. Raises nats.errors.Error."""
        headers = {
            "Nats-Msg-Id": f"dead:{letter.consumer}:{letter.sequence}",
            _REASON: msgspec.json.encode(letter.problem).decode(),
            _SUBJECT: letter.subject,
            _SEQUENCE: str(letter.sequence),
            _CONSUMER: letter.consumer,
        }
        subject = f"dead.{letter.stage}.{letter.video_id}"
        await self._js.publish(subject, letter.data, headers=headers, stream=DEAD)

    async def erase(self, video_id: str) -> None:
        """Removes all letters of a video. Raises nats.errors.Error."""
        await self._js.purge_stream(DEAD, subject=f"dead.*.{video_id}")

    async def read_all(self) -> list[StoredDeadLetter]:
        """Every dead letter, oldest first."""
        state = (await self._js.stream_info(DEAD)).state
        letters: list[StoredDeadLetter] = []
        number = state.first_seq
        while state.messages and number <= state.last_seq:
            try:
                message = await self._js.get_msg(DEAD, number, next=True, subject="dead.>", direct=True)
            except js_errors.NotFoundError:
                break
            letters.append(_decode(message))
            number = letters[-1].number + 1
        return letters

    async def count(self) -> dict[str, int]:
        """How many letters of each stage there are. Raises nats.errors.Error."""
        found = (await self._js.stream_info(DEAD, subjects_filter="dead.>")).state.subjects or {}
        counts: Counter[str] = Counter()
        for subject, letters in found.items():
            counts[subject.split(".")[1]] += letters
        return dict(counts)

    async def read(self, number: int) -> StoredDeadLetter | None:
        """One dead letter; None when there is none of that number."""
        try:
            return _decode(await self._js.get_msg(DEAD, number))
        except js_errors.NotFoundError:
            return None

    async def publish_again(self, letter: StoredDeadLetter) -> None:
        """Puts a letter's message back on the stream and removes the letter."""
        # A new message id: the stream would drop a message with the old one as a duplicate.
        headers = {"Nats-Msg-Id": f"retry:{uuid.uuid4()}"}
        await self._js.publish(letter.subject, letter.data, headers=headers, stream=VIDEOS)
        await self.drop(letter)

    async def drop(self, letter: StoredDeadLetter) -> None:
        """Removes a letter for good."""
        await self._js.delete_msg(DEAD, letter.number)


def _decode(message: api.RawStreamMsg) -> StoredDeadLetter:
    headers = message.headers or {}
    try:
        problem = msgspec.json.decode(headers.get(_REASON, ""), type=Problem)
    except UNREADABLE:
        problem = Problem(code="unknown", title="Unknown", detail="The reason was not recorded.", remedy="")
    return StoredDeadLetter(
        number=message.seq or 0,
        at=message.time,
        subject=headers.get(_SUBJECT, ""),
        consumer=headers.get(_CONSUMER, ""),
        problem=problem,
        data=message.data or b"",
    )
