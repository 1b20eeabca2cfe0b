"""The voices there are, as the voice services tell."""

from __future__ import annotations

import difflib
from typing import Annotated

import msgspec
import nats.errors
from fastapi import APIRouter, Query

from lectern.contracts import subjects
from lectern.contracts.problems import FieldError
from lectern.gateway import documentation as docs
from lectern.gateway import models as m
from lectern.gateway.context import Gateway, TheGateway
from lectern.gateway.refusals import invalid, refusal

router = APIRouter(tags=["voices"])

_SECONDS = 2.0  # a voice service answers in milliseconds; past this there is none


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a voice service answers."""

    voices: list[dict[str, object]]


async def offered(gateway: Gateway) -> list[m.Voice] | None:
    """The voices that can be asked for now; None when no voice service answers."""
    try:
        reply = await gateway.infra.nats.request(subjects.VOICES, b"", timeout=_SECONDS)
        voices = msgspec.json.decode(reply.data, type=Offer).voices
    except (nats.errors.Error, TimeoutError, ValueError):
        return None
    return [m.Voice.model_validate(voice) for voice in voices]


async def check_voice(gateway: Gateway, wanted: str | None) -> None:
    """Refuses (422) a voice that nobody offers, naming near ones. Says nothing when no voice service answers."""
    voices = await offered(gateway) if wanted else None
    if not wanted or voices is None:
        return
    names = {voice.id.lower() for voice in voices} | {voice.language.lower().split("-")[0] for voice in voices}
    if wanted.lower() in names - {""}:
        return
    ids = [voice.id for voice in voices]
    near = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.4) or ids[:3]
    detail = f"there is no voice {wanted!r}; choose {', '.join(near)}, or another of GET /v1/voices"
    raise invalid(FieldError(pointer="/options/voice", detail=detail))


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
    voices = await offered(gateway)
    if voices is None:
        raise refusal(
            503,
            "dependency-unavailable",
            "No voice service answers",
            "The list of voices is kept by the voice service, and none answered.",
            "Try again in a moment; start a voice service if it persists.",
            retry_after=5,
        )
    wanted = (language or "").lower()
    kept = [
        v for v in voices if not wanted or v.language.lower() == wanted or v.language.lower().split("-")[0] == wanted
    ]
    return m.VoiceList(data=kept)
