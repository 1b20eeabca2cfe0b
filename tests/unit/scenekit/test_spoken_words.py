"""Words are found even when scene code spells them loosely."""

from __future__ import annotations

import pytest

from lectern.scenekit.spoken_words import find_phrase

SPOKEN = ["Plants", "take", "in", "carbon", "dioxide,", "and", "carbon", "is", "“Stored”."]


@pytest.mark.parametrize(
    ("phrase", "after", "index"),
    [
        ("take", 0, 1),
        ("stored", 0, 8),
        ("Carbon dioxide", 0, 3),
        ("carbon", 4, 6),
        ("plant", 0, 0),
        ("take", 5, 1),
        ("water", 0, None),
        ("in", 3, 2),
        ("...", 0, None),
    ],
)
def test_a_word_is_found_regardless_of_case_ending_and_punctuation(phrase: str, after: int, index: int | None) -> None:
    assert find_phrase(phrase, SPOKEN, after=after) == index
