"""Accuracy of word times of voices that report none: `python bench/word_times.py`.

Other voices of espeak-ng, at other paces, stand in for such a voice, because the times of their words are known. Prints
the errors of warping onto the usual reading beside those of spreading words by their letters. Says nothing about neural
voices.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec
import numpy as np

from lectern.lessons import load_lessons
from lectern.voice.aligner import align
from lectern.voice.deps import VoiceDeps
from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.sound import trim
from lectern.voice.speech import Speech
from lectern.voice.table import load_voices
from lectern.voice.voices import Voice

VOICES = ("en-gb-scotland", "en-us+f3", "en-gb-x-rp+f2", "en-029")
PACES = (0.8, 1.0, 1.3)


def first_paragraphs() -> tuple[str, ...]:
    """The first paragraph under each heading of the bundled lessons."""
    found = []
    for lesson in load_lessons():
        blocks = lesson.text.split("\n\n")
        for heading, block in pairwise(blocks):
            if heading.startswith("## "):
                found.append(" ".join(block.split()))
    return tuple(found[:12])


def errors(truth: Speech, found: Speech) -> list[float]:
    """Milliseconds between where each word begins and where it was found."""
    off = []
    for true, passage in zip(truth.passages, found.passages, strict=True):
        times = {mark.offset: mark.seconds for mark in passage.marks}
        off += [abs(times[m.offset] - m.seconds) * 1000 for m in trim(true).marks if m.offset in times]
    return off


async def main() -> None:
    engine, voices, texts = EspeakEngine(), load_voices(), first_paragraphs()
    reference = VoiceDeps(engines={"espeak": engine}, voices=voices, reference="espeak")
    no_reference = VoiceDeps(engines={}, voices=voices)
    print(
        f"{'voice':<16} {'pace':>4}  {'words':>5}   warped: median  90%  worst ms   by letters: median  90%  worst ms"
    )
    for name in VOICES:
        for pace in PACES:
            voice = Voice(id=name, language="en", gender="", engine="espeak", name=name)
            truth = await engine.speak(texts, voice, "en", pace)
            bare = tuple(msgspec.structs.replace(passage, marks=()) for passage in truth.passages)
            unmarked = msgspec.structs.replace(truth, passages=bare, timing="estimated")
            warped = errors(truth, await align(unmarked, texts, "en", reference))
            shared = errors(truth, await align(unmarked, texts, "en", no_reference))
            print(f"{name:<16} {pace:>4}  {len(warped):>5}   {_row(warped):>26}   {_row(shared):>25}")


def _row(off: list[float]) -> str:
    return "".join(f"{value:>7.0f}" for value in (np.median(off), np.percentile(off, 90), max(off)))


if __name__ == "__main__":
    asyncio.run(main())
