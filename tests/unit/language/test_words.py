import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.language.detection import detect_language, script_share
from lectern.language.function_words import function_words
from lectern.language.stems import stem, stems
from lectern.language.words import count_words, fold, is_content_word, strip_accents

ENGLISH = "The word is short and this sentence is one of those that have what it takes to be English. "


@given(st.text())
def test_a_folded_word_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower())


def test_a_word_is_folded_and_stemmed() -> None:
    assert fold("“Café,”") == "café"
    assert strip_accents("Théorème") == "theoreme"
    assert stem("absorbs") == stem("Absorbing!") == stem("absorbed") == "absorb"
    assert stem("Pflanzen", "de-AT") == stem("Pflanze", "de")
    assert stem("植物", "zh") == "植物"


def test_stems_are_those_of_content_words_and_of_parts_of_names() -> None:
    assert stems("the maxDepth of two_trees") == {stem("max"), stem("depth"), stem("trees")}
    assert not is_content_word("is")
    assert not is_content_word("ab")
    assert is_content_word("42")
    assert is_content_word("光")


@pytest.mark.parametrize(("text", "words"), [("Light makes sugar.", 3), ("植物需要光", 3), ("ATP 是光", 2), ("", 0)])
def test_spoken_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


def test_function_words_are_those_of_the_language() -> None:
    assert function_words("en-GB").binds_to_next("the")
    assert function_words("cmn").trailers
    assert not function_words("xx").binds_to_next("the")


def test_a_language_is_detected_by_its_letters_and_its_commonest_words() -> None:
    assert script_share("Почему небо голубое", "ru") == 1.0
    assert script_share("Why is the sky blue", "ru") == 0.0
    assert script_share("Dobar dan, добар дан", "sr") == 1.0
    assert script_share("植物需要光", "zh-TW") == 1.0
    assert script_share("আলো", "bn") == 1.0
    assert script_share("પ્રકાશ", "gu") == 1.0
    assert detect_language(ENGLISH * 3) == "en"
    assert detect_language("The word is short") == ""
