"""What is left to do for a consumer, and how the streams are, as the server knows it: asked, never counted by us."""

from __future__ import annotations

from datetime import datetime

import msgspec
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js import errors as js_errors

from lectern.contracts.topology import Consumer
from lectern.worker.concurrency import map_concurrently

_TIMEOUT = 5.0  # seconds for each question


class OldestMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The message that a consumer has not done for longest. `at` is when it was published."""

    subject: str
    sequence: int
    at: datetime | None


class ConsumerBacklog(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer has to do, in messages: `pending` were never delivered; `in_hand` were, and are not done.

    Those in hand are worked on, or wait for a retry, for an outage to end, or for their turn.
    """

    consumer: str
    pending: int
    in_hand: int
    oldest: OldestMessage | None = None

    @property
    def lag(self) -> int:
        """Messages that are not done: what a stage is scaled by."""
        return self.pending + self.in_hand


class StreamReport(msgspec.Struct, frozen=True, kw_only=True):
    """A stream: what it holds, and how many of its replicas are current, behind or out of reach.

    `leader` is the server that leads it: "" while there is none, "this server" where there is only one.
    """

    name: str
    messages: int
    bytes: int
    leader: str
    current: int
    behind: int
    offline: int

    @property
    def replicas(self) -> int:
        """All of them, reachable or not."""
        return self.current + self.behind + self.offline


def describe_stream(info: api.StreamInfo) -> StreamReport:
    """What the server's answer says of a stream. One of a single server has no cluster, and is its own replica."""
    others = (info.cluster.replicas or []) if info.cluster else []
    alone = info.cluster is None or (not info.cluster.name and not others)  # a single server names no leader
    leader = "this server" if alone or info.cluster is None else info.cluster.leader or ""
    offline = sum(bool(other.offline) for other in others)
    current = sum(bool(other.current) and not other.offline for other in others)
    return StreamReport(
        name=info.config.name or "",
        messages=info.state.messages,
        bytes=info.state.bytes,
        leader=leader,
        current=current + bool(leader),
        behind=len(others) - current - offline,
        offline=offline + (not leader),
    )


async def read_backlog(nats: Client, consumer: Consumer) -> ConsumerBacklog | None:
    """The backlog of a consumer; None when the server has no such consumer. Raises nats.errors.Error."""
    js = nats.jetstream(timeout=_TIMEOUT)
    try:
        info = await js.consumer_info(consumer.stream, consumer.name)
    except js_errors.NotFoundError:
        return None
    pending, in_hand = info.num_pending or 0, info.num_ack_pending or 0
    backlog = ConsumerBacklog(consumer=consumer.name, pending=pending, in_hand=in_hand)
    if not backlog.lag:
        return backlog
    start = (info.ack_floor.stream_seq if info.ack_floor else 0) + 1
    found = await map_concurrently(
        lambda subject: _find_next(js, consumer.stream, subject, start), info.config.filter_subjects or consumer.filters
    )
    oldest = min((each for each in found if each), key=lambda each: each.sequence, default=None)
    return msgspec.structs.replace(backlog, oldest=oldest)


async def _find_next(js: JetStreamContext, stream: str, subject: str, sequence: int) -> OldestMessage | None:
    """The first message on a subject from a place of the stream on. The leader answers: a replica may lag."""
    try:
        message = await js.get_msg(stream, sequence, next=True, subject=subject)
    except js_errors.NotFoundError:
        return None
    return OldestMessage(subject=message.subject or "", sequence=message.seq or 0, at=message.time)
