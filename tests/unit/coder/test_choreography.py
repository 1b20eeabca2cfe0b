"""When a template shows what."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from unit.coder.tasks import narrate

from lectern.coder.templates.choreography import Move, Part, Step, assign, choreograph
from lectern.coder.templates.words import bare, stems


def steps(*texts: str) -> list[Step]:
    return [
        Step(text=text, show=f"show {number}", parts=(Part(text=text, point=f"point {number}"),))
        for number, text in enumerate(texts)
    ]


def plays(moves: list[list[Move]]) -> list[list[str]]:
    return [[move.play for move in beat] for beat in moves]


def test_a_step_starts_on_the_word_that_names_it() -> None:
    moves = choreograph(
        steps("Absorbed light", "Split water"),
        narrate(
            "To begin with, the leaf absorbs the light of day.", "After that the plant splits water into its parts."
        ),
    )
    assert moves[1][0] == Move(play="show 1", word="splits")


def test_steps_go_to_the_beats_that_speak_of_them() -> None:
    beats = ["the sun shines", "about nothing in particular", "roots drink rain", "leaves breathe"]
    things = ["Sun", "Roots", "Leaves"]
    assert assign([stems(text) for text in things], [stems(text) for text in beats]) == [0, 2, 3]


def test_steps_nobody_speaks_of_are_spread_evenly() -> None:
    assert assign([frozenset()] * 6, [frozenset()] * 3) == [0, 0, 1, 1, 2, 2]
    assert assign([frozenset()] * 2, [frozenset()] * 4) == [0, 2]


def test_steps_of_one_beat_are_spread_over_it() -> None:
    [moves] = choreograph(
        steps("A", "B", "C"), narrate("seven wonders stood along ancient roads until armies destroyed them forever")
    )
    assert [move.play for move in moves][:3] == ["show 0", "show 1", "show 2"]
    assert all(move.word for move in moves[1:3])


def test_steps_that_have_no_time_come_in_one_sweep() -> None:
    [moves] = choreograph(steps(*"ABCDEF"), narrate("Six things at once."))
    assert [move.play for move in moves] == [
        "LaggedStart(show 0, show 1, show 2, show 3, show 4, show 5, lag_ratio=0.3)"
    ]


def test_the_first_thing_does_not_keep_viewers_waiting() -> None:
    [first, *_] = choreograph(
        steps("1990"), narrate("For a long time nothing happens at all, and then there is a sudden bend in 1990.")
    )
    assert first[0] == Move(play="show 0")


def test_what_is_spoken_of_again_is_pointed_out() -> None:
    moves = choreograph(
        steps("Coal", "Wind"),
        narrate("Coal led by far.", "Then came the wind.", "Today, much to our surprise, coal is on its way out."),
    )
    assert Move(play="point 0", word="coal") in moves[2]


def test_a_beat_with_nothing_new_points_out_what_was_shown_last() -> None:
    moves = choreograph(steps("Alpha"), narrate("Alpha is here.", "More words follow now."))
    assert plays(moves)[1] == ["point 0"]


def test_a_long_beat_does_not_stand_still() -> None:
    text = "mountain river forest desert island valley canyon glacier meadow harbour village garden " * 3
    [moves] = choreograph(steps("Sun"), narrate(text))
    assert len(moves) >= 3


def test_a_word_spoken_twice_is_not_waited_for_in_vain() -> None:
    text = "The light, the light, the alpha of it all is light that meets the beta of the day."
    [moves] = choreograph(steps("Alpha", "Beta"), narrate(text))
    spoken = [bare(word) for word in text.split()]
    heard = 0
    for move in moves:
        if move.word:
            heard = spoken.index(move.word, heard) + 1
    assert [move.word for move in moves][-1] == "beta"


WORDS = ["sun", "rain", "a", "the", "wind", "1990", "coal", "—", "über", "光", "...", "of", "leaf", "leaves"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@example(["", "", "sun", "", "", ""], ["sun sun sun rain sun sun sun"], 0.875)
@given(st.lists(TEXTS, min_size=1, max_size=9), st.lists(TEXTS, min_size=1, max_size=6), st.floats(0.05, 1.5))
def test_every_step_is_shown_once_in_order_and_every_beat_moves(
    things: list[str], beats: list[str], pace: float
) -> None:
    moves = choreograph(steps(*things), narrate(*beats, pace=pace))
    assert len(moves) == len(beats)
    told = " ".join(move.play for beat in moves for move in beat)
    places = [told.index(f"show {number}") for number in range(len(things))]
    assert places == sorted(places)
    assert all(told.count(f"show {number}") == 1 for number in range(len(things)))
    first_shown = next(number for number, beat in enumerate(moves) if beat)
    assert all(moves[first_shown:]), "a beat stands still"
