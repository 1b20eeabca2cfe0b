"""Text from outside: what is accepted, what is refused and in which words, and what is left of hostile text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.contracts.plain_text import clean_line, clean_text, is_visible, normalize_text, shorten

ANY_TEXT = st.text(st.characters())  # surrogates included


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\x00b", "holds the control character U+0000 at character 2; delete it"),
        ("\x1b]52;c;!\x07", "control character U+001B at character 1"),
        ("a\x9bb", "control character U+009B"),
        ("a\ud800", "lone surrogate U+D800 at character 2"),
        ("a\u202eb", "direction override U+202E"),
        ("a\u2066b", "direction override U+2066"),
        ("a\nb", "a line break at character 2"),
        ("a\tb", "a tab at character 2"),
        ("e" + "\u0315\u0300" * 16, "more than 30 combining marks on one letter"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("+", r"\+")):
        normalize_text(text)


def test_in_text_of_several_lines_the_line_is_named() -> None:
    with pytest.raises(ValueError, match=r"U\+001B in line 3; delete it"):
        normalize_text("a\r\nb\n\x1bc", lines=True)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Wie geht das?", "Wie geht das?"),
        ("Gru\u0308n", "Grün"),
        ("می\u200cروم 👩\u200d🚀", "می\u200cروم 👩\u200d🚀"),
        ("שלום \u200fabc", "שלום \u200fabc"),
        ("", ""),
    ],
)
def test_honest_text_of_every_script_is_accepted_in_its_composed_form(text: str, accepted: str) -> None:
    assert normalize_text(text) == normalize_text(text, lines=True) == accepted


def test_line_ends_become_one_kind_and_a_byte_order_mark_goes() -> None:
    assert normalize_text("\ufeffa\r\nb\rc\td\u2028e", lines=True) == "a\nb\nc\td\ne"


@given(ANY_TEXT)
def test_what_is_accepted_is_stable_and_can_be_stored(text: str) -> None:
    try:
        accepted = normalize_text(text, lines=True)
    except ValueError:
        return
    accepted.encode()
    assert unicodedata.is_normalized("NFC", accepted)
    assert normalize_text(accepted, lines=True) == accepted


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "\u3164", "\u2800", "\ufe0f", "\u0301", "\xad\u00a0"])
def test_text_without_ink_is_not_visible(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "1", "?", "€", "漢", "🚀", "\u200bש"])
def test_text_with_ink_is_visible(text: str) -> None:
    assert is_visible(text)


def list_characters() -> list[str]:
    """Every character that there is."""
    return [chr(code) for code in range(0x110000)]


def test_a_cleaned_text_holds_no_character_that_acts_or_hides() -> None:
    left = {char for char in clean_text("".join(list_characters())) if unicodedata.category(char) in ("Cc", "Cf", "Cs")}
    assert left == {"\n", "\t", "\u200c", "\u200d"}


def test_a_cleaned_text_keeps_its_words() -> None:
    assert clean_text("\x1b[31mred\x1b[0m\r\nnext\u202e") == "[31mred[0m\nnext"
    assert clean_line("Error\x1b]0;title\x07\r\n[  9.9 s] forged") == "Error]0;title [  9.9 s] forged"


@given(ANY_TEXT, st.integers(2, 40))
def test_a_shortened_text_fits_and_begins_as_the_whole(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


def test_a_text_is_cut_between_words() -> None:
    assert shorten("the quick brown fox", 14) == "the quick…"
    assert shorten("x" * 20, 5) == "xxxx…"
