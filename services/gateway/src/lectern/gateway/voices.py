"""The voices there are, as the voice services tell."""

from __future__ import annotations

from typing import Annotated

import nats.errors
from fastapi import APIRouter, Query

from lectern.contracts.problems import FieldError
from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList
from lectern.gateway import documentation as docs
from lectern.gateway import models as m
from lectern.gateway.context import Gateway, TheGateway
from lectern.gateway.refusals import invalid, refusal
from lectern.worker import ask

router = APIRouter(tags=["voices"])

_SECONDS = 2.0  # a voice service answers in milliseconds; past this there is none


async def offered(gateway: Gateway, wanted: str = "") -> VoiceList | None:
    """The voices that can be asked for now, and what is said of a wanted one; None when no voice service answers."""
    try:
        return await ask(gateway.connections.nats, LIST_VOICES, ListVoices(wanted=wanted), timeout=_SECONDS)
    except (nats.errors.Error, TimeoutError, ValueError):
        return None


async def check_voice(gateway: Gateway, wanted: str | None) -> None:
    """Refuses (422) a voice that nobody offers, naming near ones. Says nothing when no voice service answers."""
    offer = await offered(gateway, wanted) if wanted else None
    if offer and offer.refused:
        raise invalid(FieldError(pointer="/options/voice", detail=offer.refused))


@router.get(
    "/v1/voices",
    response_model=m.VoiceList,
    summary="List voices",
    responses={**docs.answers(200, "The voices", docs.VOICE_LIST), **docs.problems(503)},
)
async def list_voices(
    gateway: TheGateway,
    language: Annotated[str | None, Query(description="only voices of this language, such as `de` or `en-GB`")] = None,
) -> m.VoiceList:
    """Voices that can be named in `options.voice`, with what each costs and how exact its word times are."""
    offer = await offered(gateway)
    if offer is None:
        raise refusal(
            503,
            "dependency-unavailable",
            "No voice service answers",
            "The list of voices is kept by the voice service, and none answered.",
            "Try again in a moment; start a voice service if it persists.",
            retry_after=5,
        )
    voices = [m.Voice.model_validate(voice, from_attributes=True) for voice in offer.voices]
    return m.VoiceList(data=[voice for voice in voices if not language or _speaks(voice, language.lower())])


def _speaks(voice: m.Voice, language: str) -> bool:
    own = voice.language.lower()
    return own in (language, "mul") or own.split("-")[0] == language
