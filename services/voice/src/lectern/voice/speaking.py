"""Speaks a scene's beats, each with its voice."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts.narration import Timing
from lectern.contracts.script import Beat
from lectern.contracts.usage import Usage
from lectern.tracing import record_span
from lectern.voice.aligner import align
from lectern.voice.deps import VoiceDeps
from lectern.voice.refusals import VoiceRefused
from lectern.voice.sound import convert_rate
from lectern.voice.speech import Passage, Speech
from lectern.voice.voices import Voice

_TIMINGS: tuple[Timing, ...] = ("exact", "aligned", "estimated")  # best first


async def speak_beats(
    beats: Sequence[Beat], voices: Sequence[Voice], language: str, rate: float, deps: VoiceDeps
) -> Speech:
    """Speaks each beat with the voice of the same index, and marks the words where the engine does not.

    All passages have the same rate; `timing` is that of the worst one. Raises VoiceRefused and Transient as engines do.
    """
    passages: dict[int, Passage] = {}
    timings: set[Timing] = set()
    spent: list[Usage] = []
    silent = False
    for voice in dict.fromkeys(voices):
        numbers = [number for number, each in enumerate(voices) if each == voice]
        texts = tuple(beats[number].spoken_text() for number in numbers)
        try:
            with record_span("speak", engine=voice.engine, voice=voice.id, passages=len(texts)):
                speech = await deps.engines[voice.engine].speak(texts, voice, language, rate)
        except VoiceRefused as refusal:
            refusal.voice, refusal.engine, refusal.spent = voice.id, voice.engine, tuple(spent)
            raise
        deps.metrics.count_speech(voice.engine, speech.passages)
        spent += [_with_cost(usage, voice) for usage in speech.spent]
        if speech.timing == "estimated" and not speech.silent:
            with record_span("align words"):
                speech = await align(speech, texts, language, deps)
        passages.update(zip(numbers, speech.passages, strict=True))
        timings.add(speech.timing)
        silent |= speech.silent
    common_rate = max(passage.rate for passage in passages.values())
    return Speech(
        passages=tuple(convert_rate(passages[number], common_rate) for number in range(len(beats))),
        timing=max(timings, key=_TIMINGS.index),
        silent=silent,
        spent=tuple(spent),
    )


def _with_cost(usage: Usage, voice: Voice) -> Usage:
    return msgspec.structs.replace(usage, cost_usd=usage.cost_usd or voice.estimate_cost(usage.characters))
