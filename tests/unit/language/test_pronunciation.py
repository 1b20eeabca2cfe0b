"""Letters, homographs and figures are said as they are meant, by the phonemes that espeak-ng makes of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.language.pronunciation import list_misreadings, spell_as_spoken
from lectern.language.spoken_figures import say_figures, say_year

# A sentence, the sound that must be heard in it, and one that must not.
SAID = (
    ("So a squared plus b squared equals c squared.", "ˈeɪ skwˈ", "ɐ skwˈ"),
    ("The area of the first one is a squared.", "ˈeɪ skwˈ", "ɐ skwˈ"),
    ("Call its sides a and b.", "ˈeɪ", "ɐ"),
    ("We get b squared plus a squared.", "ˈeɪ skwˈ", "ɐ skwˈ"),
    ("Here a equals three.", "ˈeɪ ", "ɐ "),
    ("Its energy tears water apart into hydrogen.", "tˈɛɹz", "tˈɪɹz"),
    ("A sharp edge can tear it open.", "tˈɛɹ ", "tˈɪɹ"),
    ("The pipes were made of lead.", "lˈɛd", "lˈiːd"),
    ("A lead pipe is heavy.", "lˈɛd", "lˈiːd"),
    ("She read the letter twice.", "ɹˈɛd", "ɹˈiːd"),
    ("Close the door behind you.", "klˈoʊz", "klˈoʊs"),
    ("The pores close their lids.", "klˈoʊz", "klˈoʊs"),
    ("Wind the wire around it.", "wˈaɪnd", "wˈɪnd"),
    ("The coil is wound tightly.", "wˈaʊnd", "wˈuːnd"),
    ("It holds minute amounts of gold.", "nˈuːt", "mˈɪnɪt"),
    ("Live vaccines are weaker.", "lˈaɪv", "lˈɪv"),
    ("Use the rule again.", "jˈuːz", "jˈuːs"),
    ("It fell in 1789.", "sˈɛvəntˌiːn", "θˈaʊzənd"),
    ("It falls at 6 m/s.", "mˈiːɾɚz ɐ sˈɛkənd", "slˈæʃ"),
    ("Plants take in CO₂.", "sˈiː ˈoʊ tˈuː", "kˈoʊ"),
    ("So x² is nine.", "skwˈɛɹd", "tˈuː"),
    ("It cost $1.5 million.", "mˈɪliən dˈɑːlɚz", "dˈɑːlɚ wˈʌn"),
)

UNTOUCHED = (
    "A leaf is a small factory.",
    "She laughed three times a day.",
    "It is a plus for everyone.",
    "Tears ran down her face.",
    "A tear rolls down her cheek.",
    "This will lead to a question.",
    "A doctor closed the wound.",
    "They live near the sea.",
    "It is close to the Sun.",
    "It lasts a minute.",
    "The wind blows.",
    "We counted 1500 cells.",
    "A squared piece of paper lay there.",
    "It had 3 m&m in it.",
)


@pytest.fixture(scope="module")
def phonemes() -> dict[str, str]:
    """What espeak-ng reads for each sentence once it is spelt as it is spoken."""
    spelt = [spell_as_spoken(text, "en") for text, _, _ in SAID]
    command = [sys.executable, "-m", "unit.language.phonemes", "en-us"]
    folder = Path(__file__).parents[2]
    read = subprocess.run(command, input="\n".join(spelt), text=True, capture_output=True, check=True, cwd=folder)
    return dict(zip([text for text, _, _ in SAID], read.stdout.splitlines(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("text", "sound", "other"), SAID)
def test_espeak_says_what_is_meant(phonemes: dict[str, str], text: str, sound: str, other: str) -> None:
    assert sound in phonemes[text]
    assert other not in phonemes[text]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_read_rightly_anyway_is_left_alone(text: str) -> None:
    assert spell_as_spoken(text, "en-GB") == text


@pytest.mark.parametrize("text", [text for text, _, _ in SAID])
def test_what_is_resolved_is_not_told(text: str) -> None:
    assert list_misreadings(text, "en") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The tears that she saw.", "tears"),
        ("It was all about lead.", "lead"),
        ("A bow lay on the table.", "bow"),
        ("Each turn wound more of it.", "wound"),
        ("Draw a squared number of dots.", "a"),
        ("Minute by minute it grew.", "Minute"),
    ],
)
def test_what_cannot_be_decided_is_told_with_its_words_around_it(text: str, word: str) -> None:
    (found,) = list_misreadings(text, "en")
    assert found.word == word
    assert found.around.strip(".") in text
    assert " or " in found.ways


def test_other_languages_are_left_alone() -> None:
    assert spell_as_spoken("In 1789 a squared tears apart 5 m.", "de") == "In 1789 a squared tears apart 5 m."
    assert list_misreadings("tears lead", "fr") == []


@pytest.mark.parametrize(
    ("year", "said"), [(1905, "nineteen oh five"), (1800, "eighteen hundred"), (2024, "twenty twenty-four")]
)
def test_a_year_is_said_in_pairs(year: int, said: str) -> None:
    assert say_year(year) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 m", "1 metre"),
        ("10 km/h", "10 kilometres an hour"),
        ("20 °C", "20 degrees Celsius"),
        ("$5 m", "5 dollars m"),
        ("the 1960s", "the nineteen sixties"),
        ("5 − 3", "5 minus 3"),
        ("H₂O", "H 2 O"),
        ("C₆H₁₂O₆", "C 6 H 12 O 6"),
        ("USA 2024", "USA 2024"),
    ],
)
def test_figures_are_written_as_they_are_said(text: str, said: str) -> None:
    assert say_figures(text) == said


@given(st.text(st.sampled_from("a tears lead 19051234₂CO²$€.mkg/")))
def test_any_text_can_be_spelt_as_spoken(text: str) -> None:
    assert isinstance(spell_as_spoken(text, "en"), str)
