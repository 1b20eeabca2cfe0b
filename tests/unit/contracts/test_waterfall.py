"""Where a video's time went, from its log alone."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.contracts.logs import PROBLEM, VIDEO, logs, titles
from unit.contracts.timed_logs import CODE, FOOTAGE, MADE, NARRATION, START, Pipeline

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.waterfall import Waterfall, add_up_stages, build_waterfall


def list_path(waterfall: Waterfall) -> list[tuple[str, int | None, str, float]]:
    return [(part.stage, part.scene, part.kind, part.seconds()) for part in waterfall.path]


def check_sums(waterfall: Waterfall) -> None:
    path = waterfall.path
    assert sum(part.seconds() for part in path) == pytest.approx(waterfall.seconds(), abs=1e-5)
    assert all(before.end == after.start for before, after in pairwise(path))
    assert all(part.seconds() > 0 for part in path)
    if path:
        assert (path[0].start, path[-1].end) == (waterfall.began_at, waterfall.ended_at)
    shares = add_up_stages(waterfall)
    on_path = sum(share.path_waited + share.path_worked for share in shares)
    assert on_path == pytest.approx(waterfall.seconds(), abs=1e-5)


@pytest.mark.parametrize("noted", [True, False], ids=["", "by an early version"])
def test_the_critical_path_is_the_chain_of_answers_that_led_to_the_end(noted: bool) -> None:
    pipeline = Pipeline(noted=noted)
    first, second = pipeline.script(2)
    pipeline.make(first)
    slow = pipeline.make(second, render=(30, 60))
    pipeline.complete(slow)
    waterfall = pipeline.build()
    check_sums(waterfall)
    stages = [(stage, scene) for stage, scene, _, _ in list_path(waterfall)]
    assert list(dict.fromkeys(stages)) == [
        ("scripter", None), ("voice", 2), ("coder", 2), ("renderer", 2), ("composer", None)
    ]  # fmt: skip
    if noted:
        assert list_path(waterfall) == [
            ("scripter", None, "waiting", 1), ("scripter", None, "working", 2),
            ("voice", 2, "waiting", 1), ("voice", 2, "working", 2),
            ("coder", 2, "working", 5),
            ("renderer", 2, "waiting", 30), ("renderer", 2, "working", 60),
            ("composer", None, "waiting", 1), ("composer", None, "working", 4),
        ]  # fmt: skip
    assert {(step.stage, step.scene) for step in waterfall.steps if step.critical} == set(stages)
    assert waterfall.ends_with == "video.completed"


def test_stages_are_added_up_over_all_scenes_and_on_the_critical_path() -> None:
    pipeline = Pipeline()
    first, second = pipeline.script(2)
    pipeline.make(first)
    pipeline.complete(pipeline.make(second, render=(30, 60)))
    [renderer] = [share for share in add_up_stages(pipeline.build()) if share.stage == "renderer"]
    assert (renderer.steps, renderer.waited, renderer.worked) == (2, 33, 70)
    assert (renderer.path_waited, renderer.path_worked) == (30, 60)


def test_code_that_was_refused_is_on_the_path_with_what_came_of_it() -> None:
    pipeline = Pipeline()
    [planned] = pipeline.script(1)
    narrated = pipeline.answer(planned, e.SceneNarrated, 1, 2, narration=NARRATION, **MADE)
    coded = pipeline.answer(narrated, e.SceneCoded, 0, 5, narration=NARRATION, code=CODE, **MADE)
    refused = pipeline.answer(coded, e.SceneRefused, 1, 7, narration=NARRATION, code=CODE, problem=PROBLEM, **MADE)
    again = pipeline.answer(refused, e.SceneCoded, 0, 6, narration=NARRATION, code=CODE, version=2, **MADE)
    rendered = pipeline.answer(again, e.SceneRendered, 1, 9, narration=NARRATION, code=CODE, footage=FOOTAGE, **MADE)
    pipeline.complete(rendered)
    waterfall = pipeline.build()
    check_sums(waterfall)
    renders = [step for step in waterfall.steps if step.stage == "renderer"]
    assert [(step.end, step.critical) for step in renders] == [("refused", True), ("done", True)]
    assert [step.version for step in waterfall.steps if step.stage == "coder"] == [1, 2]


def test_an_unfinished_video_is_measured_until_now_along_what_is_furthest_behind() -> None:
    pipeline = Pipeline()
    first, _, third = pipeline.script(3)
    narrated = pipeline.answer(first, e.SceneNarrated, 1, 2, narration=NARRATION, **MADE)
    pipeline.answer(narrated, e.SceneCoded, 0, 5, narration=NARRATION, code=CODE, **MADE)
    pipeline.make(third)
    waterfall = pipeline.build(seconds=100)
    check_sums(waterfall)
    assert waterfall.seconds() == 100
    assert waterfall.ends_with == ""
    assert list_path(waterfall)[-1] == ("voice", 2, "waiting", 97)
    left = {(step.stage, step.scene, step.critical) for step in waterfall.steps if step.end == "open"}
    assert left == {("renderer", 1, False), ("voice", 2, True)}


def test_the_composer_has_work_only_when_the_last_scene_has_settled() -> None:
    pipeline = Pipeline()
    first, second = pipeline.script(2)
    pipeline.make(first)
    assert not [step for step in pipeline.build().steps if step.stage == "composer"]
    pipeline.make(second)
    [composing] = [step for step in pipeline.build().steps if step.stage == "composer"]
    assert (composing.end, composing.critical) == ("open", True)


def test_delays_and_attempts_are_shown_where_they_were() -> None:
    pipeline = Pipeline()
    [planned] = pipeline.script(1)
    since = planned.at + timedelta(seconds=2)
    pipeline.answer(planned, e.SceneDelayed, 0, 3, stage="voice", problem=PROBLEM, since=since)
    narrated = pipeline.answer(planned, e.SceneNarrated, 40, 2, narration=NARRATION, attempt=3, **MADE)
    waterfall = pipeline.build()
    check_sums(waterfall)
    [voicing] = [step for step in waterfall.steps if step.stage == "voice"]
    assert (voicing.times.attempt, voicing.times.waited, voicing.delays) == (3, 40, ((since, PROBLEM),))
    assert voicing.times.ended_at == narrated.at


def test_a_failed_video_ends_with_what_failed() -> None:
    pipeline = Pipeline()
    [planned] = pipeline.script(1)
    failed = pipeline.answer(planned, e.SceneFailed, 5, 1, stage="voice", problem=PROBLEM)
    pipeline.answer(failed, e.VideoFailed, 0, 1, problem=PROBLEM)
    waterfall = pipeline.build()
    check_sums(waterfall)
    assert waterfall.ends_with == "video.failed"
    assert [(step.stage, step.end) for step in waterfall.steps] == [
        ("scripter", "done"), ("voice", "failed"), ("composer", "failed")
    ]  # fmt: skip


def test_work_that_a_cancellation_stopped_counts_until_then() -> None:
    pipeline = Pipeline()
    pipeline.script(1)
    pipeline.add(e.VideoCancelled, 60)
    waterfall = pipeline.build()
    check_sums(waterfall)
    assert waterfall.seconds() == 60
    assert [(step.stage, step.end) for step in waterfall.steps] == [("scripter", "done"), ("voice", "stopped")]


def test_each_act_of_a_user_has_its_own_waterfall() -> None:
    pipeline = Pipeline()
    first, second = pipeline.script(2)
    pipeline.make(first)
    pipeline.complete(pipeline.make(second))
    redo = pipeline.add(
        e.ScriptApproved, 3600, revision=2, title="Tides", scenes=titles(2), plan=(2,), cause="request:claim", **MADE
    )
    pipeline.complete(pipeline.make(pipeline.answer(redo, e.ScenePlanned, 0, 1, scene=2, **MADE)))
    newest, oldest = pipeline.build(), pipeline.build(act=1)
    for each in (newest, oldest):
        check_sums(each)
        assert each.ends_with == "video.completed"
    assert (newest.act, newest.acts, newest.revision, newest.began_at) == (2, 2, 2, redo.at)
    assert {step.scene for step in newest.steps} == {None, 2}
    assert oldest.seconds() < 3600
    with pytest.raises(IndexError, match="holds 2 acts"):
        pipeline.build(act=3)


def test_a_voice_that_was_replaced_belongs_to_the_act_that_met_it() -> None:
    pipeline = Pipeline()
    [planned] = pipeline.script(1)
    again = pipeline.answer(
        planned, e.ScriptApproved, 1, 1, revision=2, title="Tides", scenes=titles(1), plan=(1,), **MADE
    )
    pipeline.complete(pipeline.make(pipeline.answer(again, e.ScenePlanned, 0, 1, scene=1, **MADE)))
    waterfall = pipeline.build()
    check_sums(waterfall)
    assert (waterfall.acts, waterfall.began_at) == (1, START)


def test_a_log_without_its_beginning_has_no_waterfall() -> None:
    assert build_waterfall(VideoLog(), START) is None
    assert build_waterfall(VideoLog([(1, e.VideoDeleted(video_id=VIDEO))]), START) is None


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Whole runs in which machines' clocks differ by seconds, and some ends are missing."""
    pipeline = Pipeline(noted=draw(st.booleans()))
    skewed = st.floats(-5, 50, allow_nan=False).map(lambda seconds: round(seconds, 3))
    scenes = pipeline.script(draw(st.integers(1, 4)), draw(skewed), draw(skewed))
    made = [pipeline.make(planned, (draw(skewed), draw(skewed))) for planned in scenes if draw(st.booleans())]
    if len(made) == len(scenes) and draw(st.booleans()):
        pipeline.complete(made[-1], draw(skewed), draw(skewed))
    elif draw(st.booleans()):
        pipeline.add(e.VideoCancelled, draw(st.floats(-5, 200)))
    return pipeline


@given(pipeline=pipelines(), now=st.floats(-10, 500))
def test_waiting_and_working_add_up_to_the_time_that_passed(pipeline: Pipeline, now: float) -> None:
    check_sums(pipeline.build(now))


@given(log=logs())
def test_any_log_that_the_pipeline_may_write_has_a_waterfall(log: list[e.AnyEvent]) -> None:
    read = VideoLog(enumerate(log, 1))
    found = build_waterfall(read, log[-1].at + timedelta(seconds=60))
    assert found is not None
    for act in range(1, found.acts + 1):
        each = build_waterfall(read, log[-1].at + timedelta(seconds=60), act)
        assert each is not None
        check_sums(each)
