"""Kanji read as kana: espeak-ng's Japanese voice knows no kanji, and says "Chinese letter" for each.

Imported by a child process, so it imports little. Readings are Sudachi's (sudachipy, with its small dictionary).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lectern.voice.engines.child import VoiceNotLoaded
from lectern.voice.words import split_words

KANJI = re.compile(r"[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNITS = {"十": "ジュー", "百": "ヒャク", "千": "セン", "万": "マン", "億": "オク", "兆": "チョー"}
_PARTICLES = {"ハ": "ワ", "ヘ": "エ", "ヲ": "オ"}  # spoken otherwise than they are written
_INFLECTED = ("動詞", "形容詞")  # a verb's last ウ is a vowel of its own: オモウ
_LONG_O = re.compile("(?<=[オコゴソゾトドノホボポモロヨョ])ウ")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A text to be spoken, and where what each of its characters stands for is written, if elsewhere."""

    text: str
    places: tuple[int, ...] = ()

    def place(self, offset: int) -> int:
        """Where what is spoken at `offset` is written."""
        return self.places[min(offset, len(self.places) - 1)] if self.places else offset


class Morpheme(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a text, written at `offset`, its part of speech in Japanese, and its reading in katakana."""

    written: str
    offset: int
    kind: str
    reading: str


def read_in_kana(text: str) -> Reading:
    """Reads a Japanese text as kana with a space between phrases, so that each phrase gets a time of its own.

    Raises VoiceNotLoaded for kanji where no dictionary is installed.
    """
    morphemes = _find_morphemes(text)
    phrases = {phrase.offset for phrase in split_words(text, "ja") if phrase.glued}
    spoken: list[str] = []
    places: list[int] = []
    for morpheme in morphemes:
        parts = [(" ", morpheme.offset)] if morpheme.offset in phrases else []
        for letters, place in (*parts, *_speak_morpheme(morpheme)):
            spoken.append(letters)
            places += [place] * len(letters)
    return Reading(text="".join(spoken), places=tuple(places))


def _find_morphemes(text: str) -> Sequence[Morpheme]:
    try:
        from sudachipy import Dictionary
    except ImportError:
        if KANJI.search(text):
            reason = "it cannot read kanji without a dictionary: pip install sudachipy sudachidict-small"
            raise VoiceNotLoaded(reason) from None
        return (Morpheme(written=text, offset=0, kind="", reading=text),)
    found = Dictionary(dict="small").tokenizer().tokenize(text)
    starts = [each.begin() for each in found] + [len(text)]
    return tuple(
        Morpheme(written=text[start:end], offset=start, kind=each.part_of_speech()[0], reading=each.reading_form())
        for each, (start, end) in zip(found, pairwise(starts), strict=True)
    )


def _speak_morpheme(morpheme: Morpheme) -> Sequence[tuple[str, int]]:
    """Returns what is said for a word, in pieces, each with the place in the text that it stands for.

    espeak-ng reads digits and kana itself. Of a number it is told the units: 2千万.
    """
    if morpheme.kind == "助詞":
        return ((_PARTICLES.get(morpheme.reading, morpheme.reading), morpheme.offset),)
    if morpheme.written[:1].isdigit() or not KANJI.search(morpheme.written):
        return tuple(
            (_UNITS.get(letter, letter), morpheme.offset + index) for index, letter in enumerate(morpheme.written)
        )
    return (
        (morpheme.reading if morpheme.kind in _INFLECTED else _LONG_O.sub("ー", morpheme.reading), morpheme.offset),
    )
