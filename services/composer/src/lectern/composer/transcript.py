"""The transcript: the narration as text to read, and as JSON with the time of each sentence and word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from lectern.composer.timeline import VideoTimeline
from lectern.contracts.narration import Narration, Word
from lectern.contracts.notes import Note
from lectern.contracts.script import Script
from lectern.language.sentences import number_sentences, sentences


class TimedWord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A word; `start` and `end` in seconds of the video. A `glued` one has no space before it."""

    text: str
    start: float
    end: float
    glued: bool = False


class TimedSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence and who speaks it; empty where there is one speaker only."""

    text: str
    start: float
    end: float
    speaker: str
    words: tuple[TimedWord, ...]


class TimedScene(msgspec.Struct, frozen=True, kw_only=True):
    """A scene and what is said in it."""

    number: int
    title: str
    start: float
    end: float
    sentences: tuple[TimedSentence, ...]


class TimedTranscript(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said in a video, and when; a page follows the voice with it."""

    version: int
    title: str
    language: str
    seconds: float
    scenes: tuple[TimedScene, ...]


def format_transcript(script: Script, timeline: VideoTimeline, notes: Sequence[Note] = ()) -> str:
    """Formats the title, then each scene with its start time and its sentences, one a line; sources and notes last."""
    parts = [script.title]
    for span in timeline.spans:
        beats = script.scene(span.number).beats
        spoken = [" ".join(sentence.split()) for beat in beats for sentence in sentences(beat.text, script.language)]
        heading = f"{span.number}. {span.title} ({_format_clock(span.start // timeline.fps)})"
        parts.append("\n".join([heading, "", *spoken]))
    if script.sources:
        parts.append("\n".join(["Sources", "", *script.sources]))
    if notes:
        parts.append("\n".join(["Notes", "", *(note.text for note in notes)]))
    return "\n\n".join(parts) + "\n"


def format_timed_transcript(script: Script, timeline: VideoTimeline, narrations: Sequence[Narration]) -> str:
    """Formats the transcript as JSON: a `TimedTranscript`, its times rounded to milliseconds."""
    scenes = tuple(
        TimedScene(
            number=span.number,
            title=span.title,
            start=_round(span.start / timeline.fps),
            end=_round(span.end / timeline.fps),
            sentences=tuple(_time_sentences(script, span.number, narration, span.start / timeline.fps)),
        )
        for span, narration in zip(timeline.spans, narrations, strict=True)
    )
    transcript = TimedTranscript(
        version=1, title=script.title, language=script.language, seconds=_round(timeline.seconds), scenes=scenes
    )
    return msgspec.json.encode(transcript).decode()


def _time_sentences(script: Script, number: int, narration: Narration, start: float) -> Iterator[TimedSentence]:
    beats = script.scene(number).beats
    for beat, spoken in groupby(narration.words, key=lambda word: word.beat):
        words = list(spoken)
        numbers = number_sentences([word.text for word in words], script.language)
        speaker = beats[beat].speaker if beat < len(beats) else ""
        for _, group in groupby(zip(numbers, words, strict=True), key=lambda pair: pair[0]):
            yield _time_sentence([word for _, word in group], start, speaker)


def _time_sentence(words: Sequence[Word], start: float, speaker: str) -> TimedSentence:
    timed = tuple(
        TimedWord(
            text=word.text,
            start=_round(start + word.start),
            end=_round(start + word.end),
            glued=word.glued and place > 0,
        )
        for place, word in enumerate(words)
    )
    text = "".join(word.text if word.glued else f" {word.text}" for word in timed).strip()
    return TimedSentence(text=text, start=timed[0].start, end=timed[-1].end, speaker=speaker, words=timed)


def _round(seconds: float) -> float:
    return round(seconds, 3)


def _format_clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
