"""Beat arithmetic never drops or adds a frame."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.scenekit.timing import MIN_LENGTH_RATIO, build_timetable, plan_beat, plan_waits

lengths = st.lists(st.floats(min_value=0.05, max_value=30), min_size=1, max_size=12)
rates = st.sampled_from([15, 24, 25, 30, 50, 60])


@given(lengths, rates)
def test_the_last_beat_ends_at_the_rounded_length_of_the_narration(parts: list[float], fps: int) -> None:
    seconds = sum(parts)
    edges = [sum(parts[:index]) for index in range(len(parts) + 1)]
    table = build_timetable(fps=fps, seconds=seconds, beats=list(itertools.pairwise(edges)))
    assert table.ends[-1] == table.frames == round(seconds * fps)
    assert all(abs(end - stop * fps) <= 0.5 + 1e-6 for end, stop in zip(table.ends, table.stops, strict=True))
    assert list(table.ends) == sorted(table.ends)


def test_a_scene_shorter_than_a_frame_is_rejected() -> None:
    with pytest.raises(ValueError, match="no frames"):
        build_timetable(fps=30, seconds=0.01, beats=[])


def test_a_beat_that_runs_backwards_is_rejected_by_its_number() -> None:
    with pytest.raises(ValueError, match=r"beats\[1\]"):
        build_timetable(fps=30, seconds=3, beats=[(0, 2), (2, 1), (1, 3)])


runs_and_words = st.integers(min_value=1, max_value=5).flatmap(
    lambda count: st.tuples(
        st.lists(st.floats(min_value=0, max_value=8), min_size=count, max_size=count),
        st.lists(st.floats(min_value=0, max_value=10), min_size=count - 1, max_size=count - 1).map(sorted),
        st.floats(min_value=0.2, max_value=12),
    )
)


@given(runs_and_words)
def test_a_beat_always_ends_in_time(case: tuple[list[float], list[float], float]) -> None:
    runs, words, length = case
    plan = plan_beat(runs=runs, anchors=words, length=length)
    end = plan.starts[-1] + runs[-1] * plan.ratios[-1]
    assert end <= length + 1e-6
    assert all(later >= earlier - 1e-9 for earlier, later in zip(plan.starts, plan.starts[1:], strict=False))


@given(runs_and_words)
def test_only_an_overrun_is_faster_than_the_limit(case: tuple[list[float], list[float], float]) -> None:
    runs, words, length = case
    plan = plan_beat(runs=runs, anchors=words, length=length)
    assert plan.overrun == (sum(runs) * MIN_LENGTH_RATIO > length + 1e-9)
    assert plan.overrun or all(MIN_LENGTH_RATIO - 1e-9 <= ratio <= 1 for ratio in plan.ratios)


@given(runs_and_words)
def test_runs_never_overlap(case: tuple[list[float], list[float], float]) -> None:
    runs, words, length = case
    plan = plan_beat(runs=runs, anchors=words, length=length)
    for index in range(len(runs) - 1):
        assert plan.starts[index] + runs[index] * plan.ratios[index] <= plan.starts[index + 1] + 1e-6


def test_animations_that_fit_play_at_natural_speed_and_start_on_their_word() -> None:
    plan = plan_beat(runs=[1.0, 1.5], anchors=[2.0], length=5.0)
    assert plan.starts == (0.0, 2.0)
    assert plan.ratios == (1.0, 1.0)


def test_a_run_is_sped_up_to_end_before_the_next_word() -> None:
    plan = plan_beat(runs=[2.0, 1.0], anchors=[1.0], length=5.0)
    assert plan.starts == (0.0, 1.0)
    assert plan.ratios == (0.5, 1.0)


def test_a_word_too_late_for_what_follows_is_anticipated_just_enough() -> None:
    plan = plan_beat(runs=[0.5, 1.0], anchors=[4.9], length=5.0)
    assert plan.starts == (0.0, pytest.approx(4.6))
    assert plan.ratios[1] == pytest.approx(MIN_LENGTH_RATIO)


def test_a_beat_too_long_for_the_limit_is_squeezed_evenly_and_is_an_overrun() -> None:
    plan = plan_beat(runs=[6.0, 4.0], anchors=[1.0], length=2.0)
    assert plan.overrun
    assert plan.ratios == (0.2, 0.2)
    assert plan.speed == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("moving", "resting", "length", "ratio"),
    [(3, 2, 5, 1.0), (3, 2, 4, 0.5), (3, 2, 7, 2.0), (3, 1, 30, 4.0), (8, 1, 5, 0.1), (3, 0, 9, 1.0)],
)
def test_waits_of_plain_code_give_way_before_its_animations(
    moving: float, resting: float, length: float, ratio: float
) -> None:
    assert plan_waits(moving=moving, resting=resting, length=length) == pytest.approx(ratio)
