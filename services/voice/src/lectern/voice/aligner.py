"""Word times for voices that give none: heard in espeak-ng's reading of the same words, else by proportion."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from lectern.voice.alignment import spread
from lectern.voice.silences import out_of_silence, silences
from lectern.voice.sound import trimmed
from lectern.voice.speech import Engine, Mark, Passage, Speech
from lectern.voice.voices import Voice, speaks
from lectern.voice.warp import warped
from lectern.voice.words import written_words
from lectern.worker import Permanent, Transient


async def aligned(
    speech: Speech, texts: Sequence[str], language: str, reader: Engine | None, voices: Sequence[Voice]
) -> Speech:
    """The speech with marks in every passage. `reader` is an engine that gives exact times; `voices` are its.

    Timing becomes `aligned` where the reader speaks the language, `estimated` where no one does: then words share the
    time of their passage by their length. No word begins in a silence either way.
    """
    read = await _read(texts, language, reader, voices) if reader else None
    passages = [trimmed(passage) for passage in speech.passages]
    marked = await asyncio.to_thread(_marked, passages, texts, language, read)
    timing = "aligned" if read else "estimated"
    return msgspec.structs.replace(speech, passages=tuple(marked), timing=timing)


async def _read(
    texts: Sequence[str], language: str, reader: Engine, voices: Sequence[Voice]
) -> tuple[Passage, ...] | None:
    for exact in (True, False):
        voice = next(
            (each for each in voices if each.engine == reader.name and speaks(each, language, exact=exact)), None
        )
        if voice:
            try:
                return (await reader.speak(tuple(texts), voice, language, 1.0)).passages
            except (Permanent, Transient):
                return None
    return None


def _marked(
    passages: Sequence[Passage], texts: Sequence[str], language: str, read: Sequence[Passage] | None
) -> list[Passage]:
    found = []
    for number, (passage, text) in enumerate(zip(passages, texts, strict=True)):
        reading = trimmed(read[number]) if read else None
        if reading and reading.marks:
            marks = warped(reading.marks, (reading.samples, reading.rate), (passage.samples, passage.rate))
        else:
            words = written_words(text, language)
            spans = spread([word.text for word in words], 0.0, passage.seconds)
            marks = tuple(Mark(offset=w.offset, seconds=s.start) for w, s in zip(words, spans, strict=True))
        gaps = silences(passage.samples, passage.rate)
        found.append(msgspec.structs.replace(passage, marks=out_of_silence(marks, gaps)))
    return found
