"""A pass over the whole log in the order of the stream.

Looking for one video's events among all costs the server more the more there are; in their order they cost it the
fiftieth part of that, and a reader the tenth part (ADR 46).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import NamedTuple

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js import errors as js_errors

from lectern.contracts.topology import VIDEOS
from lectern.worker.fetching import Puller, open_puller

_BATCH = 250  # messages: some milliseconds of work, in which nobody else is served
_FORGOTTEN = 60.0  # seconds without a pull after which the server forgets a pass whose process has died


class StoredMessage(NamedTuple):
    """An event as it is stored: its place on the stream, its video, and its bytes."""

    sequence: int
    video_id: str
    data: bytes


async def pass_over_log(nats_: Client, last: int) -> AsyncGenerator[list[StoredMessage], None]:
    """Every event up to sequence `last`, oldest first, in batches.

    Close it when it is not read to its end. Raises nats.errors.Error and nats.js.errors.Error.
    """
    js = nats_.jetstream(timeout=5)
    consumer = await _create_consumer(js)
    try:
        async with open_puller(nats_, VIDEOS, consumer) as puller:
            reached = 0
            while reached < last and (batch := await _pull(puller)):
                yield batch
                reached = batch[-1].sequence
    finally:
        with contextlib.suppress(nats.errors.Error, js_errors.Error, TimeoutError):  # it is forgotten by itself
            await js.delete_consumer(VIDEOS, consumer)


async def _create_consumer(js: JetStreamContext) -> str:
    """A consumer that only this pass uses, without a filter: a filter for all has the server count what it matches."""
    config = api.ConsumerConfig(
        ack_policy=api.AckPolicy.NONE,
        deliver_policy=api.DeliverPolicy.ALL,
        inactive_threshold=_FORGOTTEN,
        mem_storage=True,
        num_replicas=1,
    )
    return (await js.add_consumer(VIDEOS, config)).name


async def _pull(puller: Puller) -> list[StoredMessage]:
    """The next messages; none at the end of the log."""
    batch = await puller.pull_more(_BATCH)
    if not batch and (single := await puller.pull()):  # which tells the end from a server that does not answer
        batch = [single]
    return [StoredMessage(_read_sequence(each.reply), each.subject.split(".", 3)[2], each.data) for each in batch]


def _read_sequence(reply: str) -> int:
    """A message's place on the stream, from where its ack would go (NATS ADR-15: nine tokens, or two and more besides).

    `Msg.metadata` reads all of them, times included, which takes as long as decoding the event.
    """
    tokens = reply.split(".")
    return int(tokens[5 if len(tokens) == 9 else 7])
