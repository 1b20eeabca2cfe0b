"""Exactly one event of a video ends its revision: that of the last scene to settle."""

from __future__ import annotations

from itertools import permutations

import msgspec
from unit.composer.sample_inputs import rendered_event

from lectern.composer.fan_in import ScenesBroken, ScenesReady, decide
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem

VIDEO = "v1"
TITLES = tuple(e.SceneTitle(title=f"Scene {n}", words=5) for n in (1, 2, 3))
SCRIPTED = e.VideoScripted(video_id=VIDEO, script_key="s1", title="T", scenes=TITLES, options=VideoOptions())


def _failed(scene: int, revision: int = 1) -> e.SceneFailed:
    problem = Problem(code="no-luck", title="No luck", detail=f"Nothing drew {scene}.", remedy="Try another topic.")
    return e.SceneFailed(video_id=VIDEO, scene=scene, revision=revision, stage="renderer", problem=problem)


def _log(*events: e.AnyEvent) -> VideoLog:
    return VideoLog(enumerate(events, start=10))


def test_in_any_order_only_the_last_scene_to_settle_composes_the_video() -> None:
    for order in permutations(rendered_event(VIDEO, n) for n in (1, 2, 3)):
        log = _log(SCRIPTED, *order)
        assert [isinstance(decide(log, event), ScenesReady) for event in order] == [False, False, True]


def test_scenes_are_composed_in_the_order_of_the_script() -> None:
    order = [rendered_event(VIDEO, n) for n in (3, 1, 2)]
    decision = decide(_log(SCRIPTED, *order), order[-1])
    assert isinstance(decision, ScenesReady)
    assert [scene.scene for scene in decision.scenes] == [1, 2, 3]


def test_nothing_happens_while_a_scene_is_missing() -> None:
    order = [rendered_event(VIDEO, n) for n in (1, 2)]
    assert decide(_log(SCRIPTED, *order), order[-1]) is None


def test_the_last_scene_acts_again_when_it_is_redelivered() -> None:
    order = [rendered_event(VIDEO, n) for n in (1, 2, 3)]
    log = _log(SCRIPTED, *order)
    assert decide(log, order[-1]) == decide(log, order[-1]) != None  # noqa: E711


def test_an_event_stored_twice_counts_where_it_was_stored_last() -> None:
    one, two, three = (rendered_event(VIDEO, n) for n in (1, 2, 3))
    log = _log(SCRIPTED, one, two, three, one)
    assert isinstance(decide(log, one), ScenesReady)
    assert decide(log, three) is None


def test_nothing_happens_once_the_video_has_an_outcome() -> None:
    order = [rendered_event(VIDEO, n) for n in (1, 2, 3)]
    assert decide(_log(SCRIPTED, *order, e.VideoCancelled(video_id=VIDEO)), order[-1]) is None


def test_a_failed_scene_fails_the_video_and_the_problem_says_how_many_are_kept() -> None:
    order = [rendered_event(VIDEO, 1), _failed(2), rendered_event(VIDEO, 3)]
    decision = decide(_log(SCRIPTED, *order), order[-1])
    assert isinstance(decision, ScenesBroken)
    problem = decision.problem
    assert (problem.scene, problem.stage, problem.retryable) == (2, "renderer", True)
    assert problem.detail == "Scene 2 could not be made: Nothing drew 2. 2 of 3 scenes succeeded and are kept."
    assert problem.remedy == "Try another topic. A retry makes only the failed scenes again."


def test_the_failure_may_itself_be_the_last_to_settle_and_names_the_others() -> None:
    order = [_failed(3), rendered_event(VIDEO, 1), _failed(2)]
    decision = decide(_log(SCRIPTED, *order), order[-1])
    assert isinstance(decision, ScenesBroken)
    assert "Scene 2 could not be made" in decision.problem.detail
    assert "Other failed scenes: 3. 1 of 3 scenes succeeded" in decision.problem.detail


def test_a_retry_keeps_rendered_scenes_and_is_composed_when_the_new_one_settles() -> None:
    first = [rendered_event(VIDEO, 1), _failed(2), rendered_event(VIDEO, 3)]
    ended = e.VideoFailed(video_id=VIDEO, problem=_failed(2).problem)
    approved = e.ScriptApproved(
        video_id=VIDEO, revision=2, script_key="s2", title="T", scenes=TITLES, plan=(2,), options=VideoOptions()
    )
    new = rendered_event(VIDEO, 2, revision=2)
    log = _log(SCRIPTED, *first, ended, approved, new)
    assert decide(VideoLog(list(log)[:-1]), first[-1]) is None
    decision = decide(log, new)
    assert isinstance(decision, ScenesReady)
    assert (decision.revision, decision.script_key) == (2, "s2")
    assert [scene.revision for scene in decision.scenes] == [1, 2, 1]


def test_work_for_an_older_revision_triggers_nothing() -> None:
    approved = e.ScriptApproved(
        video_id=VIDEO, revision=2, script_key="s2", title="T", scenes=TITLES, plan=(2,), options=VideoOptions()
    )
    new, stale = rendered_event(VIDEO, 2, revision=2), rendered_event(VIDEO, 2)
    log = _log(SCRIPTED, rendered_event(VIDEO, 1), rendered_event(VIDEO, 3), approved, new, stale)
    assert decide(log, stale) is None
    assert isinstance(decide(log, new), ScenesReady)


def test_a_script_that_waits_for_its_user_is_not_composed() -> None:
    waiting = msgspec.structs.replace(SCRIPTED, review=True)
    order = [rendered_event(VIDEO, n) for n in (1, 2, 3)]
    assert decide(_log(waiting, *order), order[-1]) is None
