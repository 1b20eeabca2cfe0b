"""Tells others which voices there are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from lectern.contracts.subjects import VOICES as SUBJECT
from lectern.voice.voices import Voice, find_voice
from lectern.worker import Permanent

QUEUE = "voice"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """The request, as JSON; an empty one asks for the list alone. `wanted` is the voice or locale a user named."""

    wanted: str = ""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The reply, as JSON. `refused` says why what was wanted is not to be had; `meant` is the voice it is otherwise."""

    voices: tuple[Voice, ...]
    meant: str = ""
    refused: str = ""


async def respond(nats: Client, voices: Sequence[Voice]) -> Subscription:
    """Answers requests until the subscription is drained. Several voice services share them."""
    offer = Offer(voices=tuple(voices))

    async def on_request(message: Msg) -> None:
        try:
            wanted = msgspec.json.decode(message.data, type=Question).wanted if message.data else ""
        except msgspec.MsgspecError:
            wanted = ""
        await message.respond(msgspec.json.encode(_answer(offer, wanted) if wanted else offer))

    return await nats.subscribe(SUBJECT, queue=QUEUE, cb=on_request)


def _answer(offer: Offer, wanted: str) -> Offer:
    try:
        return msgspec.structs.replace(offer, meant=find_voice(wanted, offer.voices).id)
    except Permanent as refusal:
        return msgspec.structs.replace(offer, refused=f"{refusal.problem.detail} {refusal.problem.remedy}")
