"""Answers other services' requests for the list of voices."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList, VoiceOffer
from lectern.voice.voices import Voice, find_voice
from lectern.worker import Permanent, Responder


def responder(voices: Sequence[Voice]) -> Responder[ListVoices, VoiceList]:
    """The responder that lists `voices`."""

    async def answer(message: ListVoices) -> VoiceList:
        return list_voices(voices, message.wanted)

    return Responder(request=LIST_VOICES, handler=answer, failed=lambda _: list_voices(voices))


def list_voices(voices: Sequence[Voice], wanted: str = "") -> VoiceList:
    """All voices, and the one that `wanted` (an id, locale or language) selects."""
    offers = msgspec.convert(voices, tuple[VoiceOffer, ...], from_attributes=True)
    if not wanted:
        return VoiceList(voices=offers)
    try:
        return VoiceList(voices=offers, chosen=find_voice(wanted, voices).id)
    except Permanent as refusal:
        return VoiceList(voices=offers, refused=f"{refusal.problem.detail} {refusal.problem.remedy}")
