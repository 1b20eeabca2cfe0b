"""Tells other services which voices can be used."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList, VoiceOffer
from lectern.voice.voices import Voice, find_voice
from lectern.worker import Permanent, Responder


def responder(voices: Sequence[Voice]) -> Responder[ListVoices, VoiceList]:
    """Answers requests for the list of `voices`."""

    async def list_voices(message: ListVoices) -> VoiceList:
        return choose(voices, message.wanted)

    return Responder(request=LIST_VOICES, handler=list_voices, failed=lambda _: choose(voices))


def choose(voices: Sequence[Voice], wanted: str = "") -> VoiceList:
    """All voices, and what a wanted one stands for."""
    offers = tuple(
        VoiceOffer(
            id=voice.id,
            language=voice.language,
            gender=voice.gender,
            engine=voice.engine,
            timing=voice.timing,
            usd_per_million=voice.usd_per_million,
        )
        for voice in voices
    )
    if not wanted:
        return VoiceList(voices=offers)
    try:
        return VoiceList(voices=offers, chosen=find_voice(wanted, voices).id)
    except Permanent as refusal:
        return VoiceList(voices=offers, refused=f"{refusal.problem.detail} {refusal.problem.remedy}")
