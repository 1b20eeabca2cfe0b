"""Sounds come where things happen, seldom, and never for a mere fade."""

from __future__ import annotations

import pytest
from manim import Create, FadeIn, LaggedStart, Square, Text, Uncreate, Wait, Write

from lectern.scenekit.motion import appear
from lectern.scenekit.sounds import MAX_CUES, HeardSound, SoundLog, list_sounds, thin_out, with_sound


def cues(
    *animations: object, at: float = 1.0, seconds: float = 1.0, scene: float = 60.0
) -> list[tuple[object, object]]:
    log = SoundLog()
    log.note_play(animations, at, seconds)
    return [(each["at"], each["sound"]) for each in log.list_cues(scene)]


def test_lines_that_are_drawn_and_things_that_appear_are_heard() -> None:
    assert cues(Create(Square())) == [(1.0, "draw")]
    assert cues(appear(Square())) == [(1.0, "pop")]


@pytest.mark.parametrize("make", [FadeIn, Uncreate, lambda _: Wait(), lambda _: Write(Text("a"))])
def test_fades_waits_and_writing_are_silent(make: object) -> None:
    assert cues(make(Square())) == []  # type: ignore[operator]


def test_an_animation_has_the_sound_it_was_given() -> None:
    assert cues(with_sound(FadeIn(Square()), "chime")) == [(1.0, "chime")]
    assert cues(with_sound(Create(Square()), "none")) == []


def test_an_unknown_sound_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(KeyError, match="did you mean 'chime'"):
        with_sound(FadeIn(Square()), "chimes")


def test_a_class_of_animations_may_have_a_sound() -> None:
    class Flight(FadeIn):
        sound = "swish"

    assert cues(Flight(Square())) == [(1.0, "swish")]


def test_parts_of_a_group_are_heard_when_they_begin_at_the_pace_of_the_play() -> None:
    group = LaggedStart(*(with_sound(Create(Square()), "pop") for _ in range(3)), lag_ratio=1.0)
    assert cues(group, at=2.0, seconds=6.0) == [(2.0, "pop"), (4.0, "pop"), (6.0, "pop")]


def test_a_group_may_be_heard_as_one() -> None:
    group = with_sound(LaggedStart(*(Create(Square()) for _ in range(3)), lag_ratio=1.0), "swish")
    assert cues(group, seconds=6.0) == [(1.0, "swish")]


def heard(at: float, sound: str = "pop", *, asked: bool = False) -> HeardSound:
    return HeardSound(at=at, sound=sound, asked=asked)


def test_sounds_are_sparse_and_those_asked_for_go_first() -> None:
    times = [each.at for each in thin_out([heard(1), heard(1.5), heard(1.9), heard(2.6), heard(2.75)])]
    assert times == [1, 1.9, 2.75]
    chime = heard(1.2, "chime", asked=True)
    assert thin_out([heard(1.0), chime]) == [chime]
    assert thin_out([chime, heard(1.5)]) == [chime]
    assert thin_out([heard(0, asked=True), heard(0.3, asked=True), heard(0.4, asked=True)])[1].at == 0.4


def test_what_is_there_from_the_start_is_not_heard_unless_it_is_asked_for() -> None:
    assert thin_out([heard(0.0), heard(2.0)]) == [heard(2.0)]
    assert thin_out([heard(0.0, asked=True)]) == [heard(0.0, asked=True)]


def test_the_kits_own_animations_have_a_sound_by_their_class() -> None:
    from lectern.scenekit import Thing

    assert cues(Thing("leaf").reveal(), at=2.0) == [(2.0, "pop")]


def test_a_scene_has_a_bounded_number_of_sounds_and_none_beyond_its_end() -> None:
    log = SoundLog()
    animation = with_sound(FadeIn(Square()), "tick")
    for number in range(1000):
        log.note_play([animation], number / 2, 0.1)
    kept = log.list_cues(300.0)
    assert len(kept) == MAX_CUES
    assert cues(Create(Square()), at=61.0) == []


def test_groups_that_hold_themselves_end() -> None:
    group = LaggedStart(Create(Square()))
    group.anims_with_timings["anim"][0] = group
    assert list(list_sounds(group, 0.0, 1.0)) == []
