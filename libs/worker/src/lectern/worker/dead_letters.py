"""Dead letters: messages that no worker could process, kept whole with the reason."""

from __future__ import annotations

from typing import Protocol

import msgspec
from nats.aio.client import Client

from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD

REASON, SUBJECT, SEQUENCE, CONSUMER = "Lectern-Reason", "Lectern-Subject", "Lectern-Sequence", "Lectern-Consumer"


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
        return (self.subject.split(".") + ["unknown"] * 3)[2]


class DeadLetters(Protocol):
    """Where dead letters are kept."""

    async def store(self, letter: DeadLetter) -> None:
        """Keeps a letter, once for a message and consumer."""


class JetStreamDeadLetters:
    """The `DEAD` stream over a NATS connection."""

    def __init__(self, nats: Client) -> None:
        self._js = nats.jetstream(timeout=5)

    async def store(self, letter: DeadLetter) -> None:
        """Keeps a letter, once for a message and consumer. Raises nats.errors.Error."""
        headers = {
            "Nats-Msg-Id": f"dead:{letter.consumer}:{letter.sequence}",
            REASON: msgspec.json.encode(letter.problem).decode(),
            SUBJECT: letter.subject,
            SEQUENCE: str(letter.sequence),
            CONSUMER: letter.consumer,
        }
        subject = f"dead.{letter.stage}.{letter.video_id}"
        await self._js.publish(subject, letter.data, headers=headers, stream=DEAD)
