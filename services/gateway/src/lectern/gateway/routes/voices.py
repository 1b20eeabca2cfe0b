"""The voices that the voice services offer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from lectern.gateway import clients, examples, problem_types
from lectern.gateway.deps import Deps
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse
from lectern.gateway.schemas import LanguageTag, VoiceCatalog, VoiceEntry
from lectern.language.tags import matches

router = APIRouter(tags=["voices"])


@router.get(
    "/v1/voices",
    response_model=VoiceCatalog,
    summary="List voices",
    responses={**describe_json(200, VoiceCatalog, "The voices", examples.VOICES), **describe_problems(422, 503)},
)
async def list_voices(
    deps: Deps,
    language: Annotated[
        LanguageTag | None, Query(description="only voices of this language, such as `de` or `en-GB`")
    ] = None,
) -> VoiceCatalog:
    """Voices for `options.voice`, with the price of each and the precision of its word times."""
    offer = await clients.list_voices(deps)
    if offer is None:
        raise refuse(
            problem_types.DEPENDENCY_UNAVAILABLE,
            "The voice service keeps the list of voices, and none answered.",
            "Retry in a moment; start a voice service if it persists.",
            retry_after=5,
        )
    voices = [VoiceEntry.model_validate(voice) for voice in offer.voices]
    return VoiceCatalog(data=[voice for voice in voices if not language or matches(language, voice.language)])
