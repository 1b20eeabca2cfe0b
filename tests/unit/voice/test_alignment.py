"""Word times are an algebra: every written word once, in order, inside its beat, whatever an engine reports."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lectern.voice.alignment import Span, at_least, from_marks, onto_written, spread
from lectern.voice.speech import Mark
from lectern.voice.words import written_words

words = st.lists(
    st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1, max_size=12), min_size=1, max_size=20
)
times = st.floats(0, 60, allow_nan=False)


def gapless(spans: list[Span], start: float, end: float) -> bool:
    """Increasing, one after the other, from start to end."""
    inside = all(start - 1e-9 <= s.start <= s.end <= end + 1e-9 for s in spans)
    return inside and all(abs(a.end - b.start) < 1e-9 for a, b in pairwise(spans))


@given(words, times, st.floats(0.1, 30))
def test_spread_words_fill_their_time(said: list[str], start: float, length: float) -> None:
    spans = spread(said, start, start + length)
    assert gapless(spans, start, start + length)
    assert abs(spans[-1].end - start - length) < 1e-6


@given(words, st.lists(st.tuples(st.integers(0, 200), st.floats(-5, 70)), max_size=30), times, st.floats(0.5, 30))
def test_any_marks_give_every_word_a_place(
    said: list[str], marks: list[tuple[int, float]], start: float, length: float
) -> None:
    given_marks = [Mark(offset=offset, seconds=seconds) for offset, seconds in marks]
    written = written_words(" ".join(said))
    spans = from_marks(written, given_marks, start, start + length)
    assert len(spans) == len(written)
    assert gapless(spans, start, start + length)


@given(words, words, st.floats(1, 30))
def test_written_words_get_times_whatever_was_said_for_them(said: list[str], written: list[str], length: float) -> None:
    spans = onto_written(said, spread(said, 0, length), written)
    assert len(spans) == len(written)
    assert gapless(spans, 0, length)


@given(words, st.floats(0.5, 30))
def test_no_word_is_too_short_to_show(said: list[str], length: float) -> None:
    crowded = [Span(0, 0)] * (len(said) - 1) + [Span(0, length)]
    spans = at_least(crowded)
    assert gapless(spans, 0, length)
    assert min(s.end - s.start for s in spans) >= min(0.04, length / len(said)) - 1e-9


def test_a_word_starts_where_its_first_mark_is() -> None:
    marks = [
        Mark(offset=0, seconds=1.0),
        Mark(offset=7, seconds=2.0),
        Mark(offset=11, seconds=2.5),
        Mark(offset=14, seconds=3.0),
    ]
    spans = from_marks(written_words("Light, CO2-is food"), marks, 1.0, 4.0)
    assert spans == [Span(1.0, 2.0), Span(2.0, 3.0), Span(3.0, 4.0)]


def test_what_is_said_differently_keeps_its_neighbours_times() -> None:
    said = ["Water", "is", "H", "two", "O", "here"]
    spans = [Span(i, i + 1) for i in range(6)]
    assert [s.start for s in onto_written(said, spans, ["Water", "is", "H₂O", "here"])] == [0, 1, 2, 5]
