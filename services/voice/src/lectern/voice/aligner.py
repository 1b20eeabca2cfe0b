"""Word times for voices that report none: by comparison with another engine's reading, else in proportion."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from lectern.voice.deps import VoiceDeps
from lectern.voice.silences import find_silences, move_out_of_silence
from lectern.voice.sound import trim
from lectern.voice.speech import Mark, Passage, Speech
from lectern.voice.voices import speaks
from lectern.voice.warp import warp_marks
from lectern.voice.word_times import spread_words
from lectern.voice.words import split_words
from lectern.worker import Permanent, Transient


async def align(speech: Speech, texts: Sequence[str], language: str, deps: VoiceDeps) -> Speech:
    """Marks the words of every passage.

    Timing becomes `aligned` if the reference engine speaks the language, else `estimated`: then words share the time
    of their passage by their length. No word begins in a silence either way.
    """
    reading = await _read_aloud(texts, language, deps)
    passages = [trim(passage) for passage in speech.passages]
    marked = await asyncio.to_thread(_mark_words, passages, texts, language, reading)
    timing = "aligned" if reading else "estimated"
    return msgspec.structs.replace(speech, passages=tuple(marked), timing=timing)


async def _read_aloud(texts: Sequence[str], language: str, deps: VoiceDeps) -> tuple[Passage, ...] | None:
    """The reference engine's reading; None if it does not speak the language, or fails."""
    voices = [voice for voice in deps.voices if voice.engine == deps.reference]
    for exact in (True, False):
        voice = next((voice for voice in voices if speaks(voice, language, exact=exact)), None)
        if voice:
            try:
                return (await deps.engines[deps.reference].speak(tuple(texts), voice, language, 1.0)).passages
            except (Permanent, Transient):
                return None
    return None


def _mark_words(
    passages: Sequence[Passage], texts: Sequence[str], language: str, readings: Sequence[Passage] | None
) -> list[Passage]:
    marked = []
    for number, (passage, text) in enumerate(zip(passages, texts, strict=True)):
        reading = trim(readings[number]) if readings else None
        if reading and reading.marks:
            marks = warp_marks(reading.marks, (reading.samples, reading.rate), (passage.samples, passage.rate))
        else:
            words = split_words(text, language)
            spans = spread_words([word.text for word in words], 0.0, passage.seconds)
            marks = tuple(Mark(offset=w.offset, seconds=s.start) for w, s in zip(words, spans, strict=True))
        silences = find_silences(passage.samples, passage.rate)
        marked.append(msgspec.structs.replace(passage, marks=move_out_of_silence(marks, silences)))
    return marked
