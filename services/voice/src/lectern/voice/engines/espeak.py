"""espeak-ng, offline, with exact word times. The C library runs in a child: its state is global."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage
from lectern.voice.engines.child import VoiceNotLoaded
from lectern.voice.engines.espeak_child import EspeakText
from lectern.voice.engines.local import speak_in_child
from lectern.voice.refusals import VoiceRefused
from lectern.voice.speech import Speech
from lectern.voice.voices import Voice

WORDS_PER_MINUTE = 140  # unhurried: an explainer is listened to once. It speaks 142, pauses between beats included
_TIMEOUT = 60.0  # seconds for one scene


class EspeakEngine:
    """Speaks through the library of the espeakng-loader wheel."""

    version = "4"

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Speaks each text as a passage with exact times."""
        message = EspeakText(texts=texts, voice=voice.name, words_per_minute=round(WORDS_PER_MINUTE * rate))
        try:
            passages = await speak_in_child("lectern.voice.engines.espeak_child", message, timeout=_TIMEOUT)
        except VoiceNotLoaded as error:
            problem = Problem(
                code="voice-unavailable",
                title="espeak-ng cannot use this voice",
                detail=f"espeak-ng cannot speak with {voice.name!r}: {error}",
                remedy="Choose another voice, or install what is missing; `lectern doctor` checks espeak-ng itself.",
            )
            raise VoiceRefused(problem) from error
        usage = Usage(kind="voice", name=f"espeak/{voice.name}", requests=1, characters=sum(map(len, texts)))
        return Speech(passages=passages, timing="exact", spent=(usage,))

    async def close(self) -> None:
        """Nothing is open: the child ends with its scene."""
