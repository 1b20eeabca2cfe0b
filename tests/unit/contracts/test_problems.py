"""A Problem can always be stored, whatever it quotes."""

from __future__ import annotations

import unicodedata

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lectern.contracts import events as e
from lectern.contracts.problems import MAX_DETAIL, MAX_ERRORS, FieldError, Problem, ProblemError

MAX_EVENT_BYTES = 256 * 1024  # of the 1 MiB that a message may have
LONG_TEXT = st.builds(str.__mul__, st.text(st.characters(), min_size=1), st.sampled_from([1, 100, 20_000]))


def make_problem(text: str, fields: int = 0) -> Problem:
    errors = (FieldError(pointer=text, detail=text),) * fields
    return Problem(code="parse-error", title=text, detail=text, remedy=text, errors=errors)


@given(LONG_TEXT, st.sampled_from([0, 1, 1000]))
def test_any_problem_makes_an_event_that_can_be_stored(text: str, fields: int) -> None:
    problem = make_problem(text, fields)
    for event in (
        e.VideoFailed(video_id="v", problem=problem),
        e.SceneFailed(video_id="v", scene=1, stage="voice", problem=problem),
    ):
        data = e.encode(event)
        assert len(data) < MAX_EVENT_BYTES
        assert e.decode(data) == event


def test_the_longest_words_leave_room_in_a_message() -> None:
    problem = make_problem("👩\u200d" * 100_000, fields=1000)
    assert len(problem.errors) == MAX_ERRORS
    assert len(problem.detail) <= MAX_DETAIL
    assert problem.detail.endswith("…")
    assert len(e.encode(e.VideoFailed(video_id="v", problem=problem))) < MAX_EVENT_BYTES
    assert len(str(ProblemError(problem))) < 2000


def test_a_detail_is_cut_between_words() -> None:
    assert make_problem("several words " * 100).detail.endswith(("several…", "words…"))


def test_a_problem_keeps_no_control_characters_of_what_it_quotes() -> None:
    problem = make_problem("\x1b]52;c;aGk=\x07\r\nforged \u202eline", fields=1)
    for text in (problem.title, problem.detail, problem.remedy, problem.errors[0].pointer, problem.errors[0].detail):
        assert text == "]52;c;aGk=\nforged line"


def test_a_problem_from_an_older_log_is_bounded_when_it_is_read() -> None:
    stored = b'{"code":"c","title":"t","detail":"%b","remedy":"r"}' % (b"x" * 5000)
    assert len(msgspec.json.decode(stored, type=Problem).detail) == MAX_DETAIL


def test_short_honest_texts_stay_as_they_are() -> None:
    problem = make_problem("Line one.\nLine two: a\tb, 漢字 and 👩\u200d🚀.")
    assert problem.detail == "Line one.\nLine two: a\tb, 漢字 and 👩\u200d🚀."
    assert all(unicodedata.category(char) != "Cc" or char in "\n\t" for char in problem.detail)
