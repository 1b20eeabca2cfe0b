"""Long beats are divided evenly, and their notes with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.scripter.scriptwriting.beat_division import divide_evenly, divide_note, shorten_note


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.data())
def test_runs_follow_each_other_and_keep_to_the_longest_allowed(weights: list[int], data: st.DataObject) -> None:
    parts = data.draw(st.integers(1, len(weights)))
    longest = data.draw(st.integers(-(-len(weights) // parts), len(weights)))

    runs = divide_evenly(weights, parts, longest)

    assert len(runs) == parts
    assert [start for start, _ in runs] == [0, *(end for _, end in runs[:-1])]
    assert runs[-1][1] == len(weights)
    assert all(0 < end - start <= longest for start, end in runs)


def test_three_sentences_of_equal_length_are_not_split_into_two_long_and_one_stray() -> None:
    assert divide_evenly([10, 10, 3], 2, 2) == [(0, 1), (1, 3)]


def test_more_parts_than_sentences_are_refused() -> None:
    with pytest.raises(ValueError, match="2 items do not make 3 runs"):
        divide_evenly([1, 1], 3)


def test_a_note_of_several_sentences_is_shared_out_in_order() -> None:
    note = "The car stands still. It starts to roll. A curve grows under it. The curve bends up."

    assert divide_note(note, 2, "en") == [
        "The car stands still. It starts to roll.",
        "A curve grows under it. The curve bends up.",
    ]


def test_a_note_that_cannot_be_divided_goes_on() -> None:
    assert divide_note("A wheel turns.", 2, "en") == ["A wheel turns.", "(goes on) A wheel turns."]
    assert divide_note("", 2, "en") == ["", ""]


def test_a_note_is_shortened_by_whole_sentences() -> None:
    assert shorten_note("A wheel turns. Then it stops for ever.", 20, "en") == "A wheel turns."
    assert shorten_note("A wheel turns and turns and turns", 20, "en") == "A wheel turns and…"
    assert shorten_note("A wheel turns.", 20, "en") == "A wheel turns."
