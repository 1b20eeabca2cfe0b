"""What follows `at_pause()` plays in the silence after the last word of its beat."""

from __future__ import annotations

from lectern.scenekit.director import Filming, Measuring, SpokenWord
from lectern.scenekit.timing import build_timetable

WORDS = (
    SpokenWord(text="Which", start=0.2, end=0.5, beat=0),
    SpokenWord(text="one?", start=0.5, end=1.0, beat=0),
    SpokenWord(text="This.", start=3.2, end=3.6, beat=1),
)


def film_frames(words: tuple[SpokenWord, ...]) -> list[int]:
    """The frames granted to a play, to the hold for the pause, and to a play in it, at ten frames a second."""
    table = build_timetable(fps=10, seconds=4.0, beats=[(0.0, 3.0), (3.0, 4.0)])
    measuring = Measuring(table, words=words, texts=("Which one?", "This."), source="scene.py")
    measuring.enter_beat()
    measuring.record_play(0.5, wait=False)
    measuring.record_pause()
    measuring.record_play(1.0, wait=False)
    measuring.leave_beat()
    filming = Filming(measuring, measuring.plan_beats())
    filming.enter_beat()
    return [
        filming.grant_play(0.5, wait=False),
        filming.grant_until_pause(),
        filming.grant_play(1.0, wait=False),
    ]


def test_the_next_play_begins_when_the_last_word_has_been_spoken() -> None:
    assert film_frames(WORDS) == [5, 5, 10]


def test_a_beat_without_words_has_no_pause_to_wait_for() -> None:
    assert film_frames(()) == [5, 0, 10]
