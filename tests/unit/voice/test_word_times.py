"""Every written word gets one time, in order and inside its beat, whatever an engine reports."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lectern.voice.speech import Mark
from lectern.voice.word_times import TimeSpan, lengthen, map_to_written, place_at_marks, spread_words
from lectern.voice.words import split_words

words = st.lists(
    st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1, max_size=12), min_size=1, max_size=20
)
times = st.floats(0, 60, allow_nan=False)


def gapless(spans: list[TimeSpan], start: float, end: float) -> bool:
    """Increasing, one after the other, from start to end."""
    inside = all(start - 1e-9 <= s.start <= s.end <= end + 1e-9 for s in spans)
    return inside and all(abs(a.end - b.start) < 1e-9 for a, b in pairwise(spans))


@given(words, times, st.floats(0.1, 30))
def test_spread_words_fill_their_time(spoken: list[str], start: float, length: float) -> None:
    spans = spread_words(spoken, start, start + length)
    assert gapless(spans, start, start + length)
    assert abs(spans[-1].end - start - length) < 1e-6


@given(words, st.lists(st.tuples(st.integers(0, 200), st.floats(-5, 70)), max_size=30), times, st.floats(0.5, 30))
def test_any_marks_place_every_word(
    spoken: list[str], marks: list[tuple[int, float]], start: float, length: float
) -> None:
    given_marks = [Mark(offset=offset, seconds=seconds) for offset, seconds in marks]
    written = split_words(" ".join(spoken))
    spans = place_at_marks(written, given_marks, start, start + length)
    assert len(spans) == len(written)
    assert gapless(spans, start, start + length)


@given(words, words, st.floats(1, 30))
def test_written_words_get_times_whatever_is_spoken_for_them(
    spoken: list[str], written: list[str], length: float
) -> None:
    spans = map_to_written(spoken, spread_words(spoken, 0, length), written)
    assert len(spans) == len(written)
    assert gapless(spans, 0, length)


@given(words, st.floats(0.5, 30))
def test_no_word_is_too_short_to_show(spoken: list[str], length: float) -> None:
    crowded = [TimeSpan(0, 0)] * (len(spoken) - 1) + [TimeSpan(0, length)]
    spans = lengthen(crowded)
    assert gapless(spans, 0, length)
    assert min(s.end - s.start for s in spans) >= min(0.04, length / len(spoken)) - 1e-9


def test_a_word_starts_where_its_first_mark_is() -> None:
    marks = [
        Mark(offset=0, seconds=1.0),
        Mark(offset=7, seconds=2.0),
        Mark(offset=11, seconds=2.5),
        Mark(offset=14, seconds=3.0),
    ]
    spans = place_at_marks(split_words("Light, CO2-is food"), marks, 1.0, 4.0)
    assert spans == [TimeSpan(1.0, 2.0), TimeSpan(2.0, 3.0), TimeSpan(3.0, 4.0)]


def test_a_word_spoken_differently_does_not_move_its_neighbours() -> None:
    spoken = ["Water", "is", "H", "two", "O", "here"]
    spans = [TimeSpan(i, i + 1) for i in range(6)]
    assert [s.start for s in map_to_written(spoken, spans, ["Water", "is", "H₂O", "here"])] == [0, 1, 2, 5]
