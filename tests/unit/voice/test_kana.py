"""Japanese for a voice that knows no kanji: they are read as kana, and each phrase keeps its place in what is written."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.voice.engines.child import VoiceNotLoaded
from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.engines.kana import read_in_kana
from lectern.voice.table import load_voices
from lectern.voice.words import split_words

SENTENCE = "植物は光を使って、空気と水から砂糖を作ります。"
LETTERS = "植物光水空気二酸化炭素人口東京年万億千。、はがをにへとの12 abカンタ々ヶ😀"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("植物は光を使って", "ショクブツワ ヒカリオ ツカッテ"),
        ("学校へ行った", "ガッコーエ イッた"),
        ("2020年の東京", "2020ネンノ トーキョー"),
        ("1億2千万円", "1オク2センマンエン"),
        ("DNAは二重らせん", "DNAワ ニジュウらせん"),
        ("思う", "オモウ"),
        ("ひらがな", "ひらがな"),
        ("", ""),
    ],
)
def test_kanji_are_read_as_kana_and_particles_as_they_are_spoken(written: str, spoken: str) -> None:
    assert read_in_kana(written).text == spoken


def test_each_phrase_keeps_its_place_in_what_is_written() -> None:
    reading = read_in_kana(SENTENCE)
    starts = [0, *(index + 1 for index, letter in enumerate(reading.text) if letter == " ")]
    assert [reading.place(start) for start in starts] == [word.offset for word in split_words(SENTENCE, "ja")]


@given(st.text(LETTERS, max_size=30))
def test_whatever_is_read_stands_somewhere_in_the_text_in_its_order(text: str) -> None:
    reading = read_in_kana(text)
    assert len(reading.places) == len(reading.text)
    assert all(earlier <= later for earlier, later in pairwise(reading.places))
    assert all(0 <= place < len(text) for place in reading.places)


def test_kanji_without_a_dictionary_are_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    with pytest.raises(VoiceNotLoaded, match="pip install sudachipy"):
        read_in_kana(SENTENCE)
    assert read_in_kana("ひらがなだけ").text == "ひらがなだけ"


@pytest.mark.slow
async def test_a_japanese_sentence_is_spoken_as_its_kana_with_a_time_for_each_phrase() -> None:
    voice = next(each for each in load_voices() if each.engine == "espeak" and each.language == "ja-JP")
    written, spoken = (await EspeakEngine().speak((SENTENCE, read_in_kana(SENTENCE).text), voice, "ja", 1.0)).passages
    assert written.seconds == pytest.approx(spoken.seconds, abs=0.01)
    assert {word.offset for word in split_words(SENTENCE, "ja")} <= {mark.offset for mark in written.marks}
