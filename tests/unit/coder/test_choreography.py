"""The timing of a template's animations."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from unit.coder.coding_tasks import narrate

from lectern.coder.templates.choreography import CuedAnimation, Highlight, Reveal, assign_beats, choreograph
from lectern.language.stems import stems
from lectern.language.words import fold


def reveals(*texts: str) -> list[Reveal]:
    return [
        Reveal(
            text=text,
            animation=f"show {number}",
            highlights=(Highlight(text=text, animation=f"point {number}"),),
        )
        for number, text in enumerate(texts)
    ]


def by_beat(animations: list[list[CuedAnimation]]) -> list[list[str]]:
    return [[each.animation for each in beat] for beat in animations]


def test_a_reveal_starts_on_the_word_that_names_it() -> None:
    animations = choreograph(
        reveals("Absorbed light", "Split water"),
        narrate(
            "To begin with, the leaf absorbs the light of day.", "After that the plant splits water into its parts."
        ),
    )
    assert animations[1][0] == CuedAnimation(animation="show 1", word="splits")


def test_reveals_go_to_the_beats_that_speak_of_them() -> None:
    beats = ["the sun shines", "about nothing in particular", "roots drink rain", "leaves breathe"]
    things = ["Sun", "Roots", "Leaves"]
    assert assign_beats([stems(text) for text in things], [stems(text) for text in beats]) == [0, 2, 3]


def test_reveals_that_no_beat_mentions_are_spread_evenly() -> None:
    assert assign_beats([frozenset()] * 6, [frozenset()] * 3) == [0, 0, 1, 1, 2, 2]
    assert assign_beats([frozenset()] * 2, [frozenset()] * 4) == [0, 2]


def test_reveals_of_one_beat_are_spread_over_it() -> None:
    [animations] = choreograph(
        reveals("A", "B", "C"), narrate("seven wonders stood along ancient roads until armies destroyed them forever")
    )
    assert [each.animation for each in animations][:3] == ["show 0", "show 1", "show 2"]
    assert all(each.word for each in animations[1:3])


def test_reveals_without_time_for_each_come_in_one_sweep() -> None:
    [animations] = choreograph(reveals(*"ABCDEF"), narrate("Six things at once."))
    assert [each.animation for each in animations] == [
        "LaggedStart(show 0, show 1, show 2, show 3, show 4, show 5, lag_ratio=0.3)"
    ]


def test_the_first_thing_does_not_keep_viewers_waiting() -> None:
    [first, *_] = choreograph(
        reveals("1990"), narrate("For a long time nothing happens at all, and then there is a sudden bend in 1990.")
    )
    assert first[0] == CuedAnimation(animation="show 0")


def test_the_first_thing_comes_in_the_first_beat_though_only_the_second_speaks_of_it() -> None:
    opening, second = by_beat(
        choreograph(
            reveals("Sun and rain", "Roots"), narrate("What does a garden need?", "It needs sun and rain, and roots.")
        )
    )
    assert opening == ["show 0"]
    assert "show 1" in second


def test_something_mentioned_again_is_highlighted() -> None:
    animations = choreograph(
        reveals("Coal", "Wind"),
        narrate("Coal led by far.", "Then came the wind.", "Today, much to our surprise, coal is on its way out."),
    )
    assert CuedAnimation(animation="point 0", word="coal") in animations[2]


def test_a_beat_with_nothing_new_highlights_what_was_shown_last() -> None:
    animations = choreograph(reveals("Alpha"), narrate("Alpha is here.", "More words follow now."))
    assert by_beat(animations)[1] == ["point 0"]


def test_a_long_beat_does_not_stand_still() -> None:
    text = "mountain river forest desert island valley canyon glacier meadow harbour village garden " * 3
    [animations] = choreograph(reveals("Sun"), narrate(text))
    assert len(animations) >= 3


def test_a_word_spoken_twice_is_not_waited_for_in_vain() -> None:
    text = "The light, the light, the alpha of it all is light that meets the beta of the day."
    [animations] = choreograph(reveals("Alpha", "Beta"), narrate(text))
    spoken = [fold(word) for word in text.split()]
    spoken_until = 0
    for each in animations:
        if each.word:
            spoken_until = spoken.index(each.word, spoken_until) + 1
    assert [each.word for each in animations][-1] == "beta"


WORDS = ["sun", "rain", "a", "the", "wind", "1990", "coal", "—", "über", "光", "...", "of", "leaf", "leaves"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@example(["", "", "sun", "", "", ""], ["sun sun sun rain sun sun sun"], 0.875)
@given(st.lists(TEXTS, min_size=1, max_size=9), st.lists(TEXTS, min_size=1, max_size=6), st.floats(0.05, 1.5))
def test_everything_is_revealed_once_in_order_and_every_beat_moves(
    things: list[str], beats: list[str], pace: float
) -> None:
    animations = choreograph(reveals(*things), narrate(*beats, pace=pace))
    assert len(animations) == len(beats)
    source = " ".join(each.animation for beat in animations for each in beat)
    places = [source.index(f"show {number}") for number in range(len(things))]
    assert places == sorted(places)
    assert all(source.count(f"show {number}") == 1 for number in range(len(things)))
    assert all(animations), "a beat stands still"
