"""Tells others which voices there are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from lectern.contracts.subjects import VOICES as SUBJECT
from lectern.voice.voices import Voice

QUEUE = "voice"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The reply, as JSON."""

    voices: tuple[Voice, ...]


async def respond(nats: Client, voices: Sequence[Voice]) -> Subscription:
    """Answers requests until the subscription is drained. Several voice services share them."""
    offer = msgspec.json.encode(Offer(voices=tuple(voices)))

    async def on_request(message: Msg) -> None:
        await message.respond(offer)

    return await nats.subscribe(SUBJECT, queue=QUEUE, cb=on_request)
