"""Messages nobody could process: kept whole with the reason, shown, and put back on request."""

from __future__ import annotations

import msgspec
from nats.aio.msg import Msg

from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD
from lectern.worker.connections import Connections

REASON, SUBJECT, SEQUENCE, CONSUMER = "Lectern-Reason", "Lectern-Subject", "Lectern-Sequence", "Lectern-Consumer"


async def store_dead(
    connections: Connections,
    *,
    data: bytes,
    subject: str,
    sequence: int,
    consumer: str,
    stage: str,
    problem: Problem,
    reason: str,
) -> None:
    """Copies a message to the DEAD stream, once for a message and consumer."""
    video_id = (subject.split(".") + ["unknown"] * 3)[2]
    headers = {
        "Nats-Msg-Id": f"dead:{consumer}:{sequence}",
        REASON: msgspec.json.encode(problem).decode(),
        SUBJECT: subject,
        SEQUENCE: str(sequence),
        CONSUMER: consumer,
    }
    await connections.nats.jetstream(timeout=5).publish(f"dead.{stage}.{video_id}", data, headers=headers, stream=DEAD)
    connections.metrics.dead.labels(stage, reason).inc()


async def bury(connections: Connections, message: Msg, problem: Problem, stage: str, reason: str) -> None:
    """Copies a delivered message to the DEAD stream. The caller terms it."""
    await store_dead(
        connections,
        data=message.data,
        subject=message.subject,
        sequence=message.metadata.sequence.stream,
        consumer=message.metadata.consumer,
        stage=stage,
        problem=problem,
        reason=reason,
    )
