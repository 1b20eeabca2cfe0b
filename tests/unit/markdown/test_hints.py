"""Hints: what whoever writes a script should know before it is spoken."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.lessons import Lesson, load_lessons
from lectern.markdown import find_hints, parse, write_notes

SENTENCE = "A leaf catches light and turns it into sugar all day long."  # twelve words
LESSONS = load_lessons()


def make_script(*texts: str, **fields: object) -> s.Script:
    """A script with one scene, a beat for each text."""
    beats = tuple(s.Beat(text=text) for text in texts)
    scene = s.Scene(title="A scene", beats=beats)
    return s.Script(title="A film", scenes=(s.Scene(title="First", beats=(s.Beat(text="Look."),)), scene), **fields)  # type: ignore[arg-type]


def test_a_word_that_a_voice_may_say_wrongly_is_named_with_its_place_and_both_ways() -> None:
    (hint,) = find_hints(make_script("Look.", "She saw the tear."))
    assert (hint.code, hint.scene, hint.beat) == ("misreading", 2, 2)
    assert "“tear” in “She saw the tear.” may be misread (as in crying, or as in paper)" in hint.text
    assert write_notes(make_script("Look.", "She saw the tear."))[0].text == f"Scene 2, sentence 2: {hint.text}"


def test_what_is_read_aloud_differently_or_has_a_pronunciation_is_settled() -> None:
    assert not find_hints(make_script("She saw the tear.", pronunciations={"tear": "teer"}))
    settled = s.Beat(text="She saw the tear.", spoken="She saw the teer.")
    assert not find_hints(s.Script(title="A film", scenes=(s.Scene(title="A scene", beats=(settled,)),)))


def test_other_languages_are_left_alone() -> None:
    assert not find_hints(make_script("She saw the tear.", language="de"))


@pytest.mark.parametrize(
    ("sentences", "pause", "hinted"),
    [(14, 0.0, True), (14, 1.1, True), (14, 1.2, False), (10, 0.0, False)],
    ids=["no pause", "a short one", "one that lands", "less than a minute"],
)
def test_a_film_over_a_minute_is_asked_for_a_silence(sentences: int, pause: float, hinted: bool) -> None:
    beats = [s.Beat(text=SENTENCE, pause=pause if place == 3 else 0.0) for place in range(sentences)]
    hints = find_hints(s.Script(title="A film", scenes=(s.Scene(title="A scene", beats=tuple(beats)),)))
    assert [(hint.code, hint.scene) for hint in hints] == [("no-pause", 0)] * hinted


def test_a_silence_after_the_last_word_is_none_in_which_something_lands() -> None:
    beats = [s.Beat(text=SENTENCE)] * 13 + [s.Beat(text=SENTENCE, pause=3.0)]
    (hint,) = find_hints(s.Script(title="A film", scenes=(s.Scene(title="A scene", beats=tuple(beats)),)))
    assert hint.code == "no-pause"


def test_there_are_no_more_hints_than_an_event_can_carry() -> None:
    script = make_script(*["She saw the tear. " + "x" * 3000] * 40)
    assert len(find_hints(script)) == 12
    assert max(len(note.text) for note in write_notes(script)) < 450


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_bundled_lessons_are_said_right_and_have_a_pause(lesson: Lesson) -> None:
    assert not find_hints(parse(lesson.text))
