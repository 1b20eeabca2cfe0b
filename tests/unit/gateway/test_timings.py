"""How long stages waited and worked, read from the log's own times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from unit.gateway.published_video import OUT_OF_MEMORY

from lectern.contracts import events as e
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.state import fold
from lectern.gateway.timings import map_scene_timings, map_video_timings

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
OPTIONS = VideoOptions()
NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2)
CODE = e.CodeRef(key="c", origin="model")
SCENE: dict[str, Any] = {"video_id": "v", "scene": 1, "script_key": "s", "options": OPTIONS}
CODED: dict[str, Any] = {**SCENE, "narration": NARRATION, "code": CODE}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


REQUESTED = e.VideoRequested(video_id="v", at=at(0), brief=Brief(topic="x"), options=OPTIONS)
SCRIPTED = e.VideoScripted(
    video_id="v", at=at(3), began=at(1), script_key="s", title="T", scenes=(e.SceneTitle(title="A", words=6),),
    options=OPTIONS,
)  # fmt: skip
PLANNED = e.ScenePlanned(**SCENE, at=at(3), began=at(1))
NARRATED = e.SceneNarrated(**SCENE, at=at(6), began=at(5), narration=NARRATION, cached=True)
FIRST_CODE = e.SceneCoded(**CODED, at=at(10), began=at(7), attempt=2)
REFUSED = e.SceneRefused(**CODED, at=at(12), began=at(11), problem=OUT_OF_MEMORY)
SECOND_CODE = e.SceneCoded(**CODED, at=at(20), began=at(13), version=2, cause=e.message_id(REFUSED))
RENDERED = e.SceneRendered(
    **CODED, at=at(30), began=at(22), footage=e.FootageRef(key="f", frames=135, fps=30, cpu_seconds=7.5)
)
COMPLETED = e.VideoCompleted(video_id="v", at=at(33), began=at(31), seconds=4.5, frames=135, outputs=())
BEFORE_REFUSAL = [REQUESTED, SCRIPTED, PLANNED, NARRATED, FIRST_CODE]


def test_each_stage_says_how_long_it_waited_and_worked() -> None:
    state = fold([*BEFORE_REFUSAL, REFUSED, SECOND_CODE, RENDERED, COMPLETED])
    scene = map_scene_timings(state.scene(1))
    assert scene.voicing
    assert scene.coding
    assert scene.rendering
    assert (scene.voicing.waited_seconds, scene.voicing.worked_seconds, scene.voicing.cached) == (2, 1, True)
    assert (scene.coding.queued_at, scene.coding.waited_seconds, scene.coding.worked_seconds) == (REFUSED.at, 1, 7)
    assert (scene.rendering.waited_seconds, scene.rendering.worked_seconds) == (2, 8)
    assert (scene.rendering.cpu_seconds, scene.rendering.cached) == (7.5, False)
    video = map_video_timings(state, REQUESTED)
    assert video.scripting
    assert video.composing
    assert (video.scripting.waited_seconds, video.scripting.worked_seconds) == (1, 2)
    assert (video.composing.waited_seconds, video.composing.worked_seconds) == (1, 2)
    assert (video.first_scene_seconds, video.completed_seconds) == (30, 33)


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        ([REQUESTED, SCRIPTED, PLANNED], [False, None, None]),
        ([*BEFORE_REFUSAL[:4]], [True, False, None]),
        (BEFORE_REFUSAL, [True, True, False]),
        ([*BEFORE_REFUSAL, REFUSED], [True, False, True]),
        ([*BEFORE_REFUSAL, REFUSED, SECOND_CODE], [True, True, False]),
    ],
    ids=["planned", "narrated", "coded", "refused", "coded again"],
)
def test_a_stage_at_work_has_a_start_and_no_end(events: list[e.AnyEvent], ended: list[bool | None]) -> None:
    timings = map_scene_timings(fold(events).scene(1))
    stages = (timings.voicing, timings.coding, timings.rendering)
    assert [stage and stage.ended_at is not None for stage in stages] == ended


def test_a_failed_stage_ended_with_its_failure() -> None:
    failed = e.SceneFailed(
        video_id="v", scene=1, at=at(19), began=at(9), attempt=5, stage="coder", problem=OUT_OF_MEMORY
    )
    timings = map_scene_timings(fold([*BEFORE_REFUSAL[:4], failed]).scene(1))
    assert timings.coding
    assert timings.voicing
    assert (timings.coding.worked_seconds, timings.coding.attempts) == (10, 5)
    assert timings.voicing.ended_at == NARRATED.at


def test_a_new_revision_counts_from_its_own_beginning() -> None:
    approved = e.ScriptApproved(
        video_id="v", revision=2, at=at(100), script_key="s", title="T", scenes=SCRIPTED.scenes, plan=(1,),
        options=OPTIONS,
    )  # fmt: skip
    events = [*BEFORE_REFUSAL, REFUSED, SECOND_CODE, RENDERED, COMPLETED, approved]
    again = map_video_timings(fold(events), REQUESTED)
    assert (again.requested_at, again.scripting, again.completed_seconds) == (approved.at, None, None)
    assert again.first_scene_seconds is None
    planned = msgspec.structs.replace(PLANNED, revision=2, at=at(101))
    rendered = msgspec.structs.replace(RENDERED, revision=2, began=at(105), at=at(109))
    assert map_video_timings(fold([*events, planned, rendered]), REQUESTED).first_scene_seconds == 9


def test_clocks_that_differ_never_make_time_run_backwards() -> None:
    early = msgspec.structs.replace(NARRATED, began=at(2), at=at(2.5))
    timings = map_scene_timings(fold([REQUESTED, SCRIPTED, PLANNED, early]).scene(1))
    assert timings.voicing
    assert (timings.voicing.waited_seconds, timings.voicing.worked_seconds) == (0, 0.5)


def test_events_of_an_earlier_version_have_no_beginning() -> None:
    old = msgspec.structs.replace(NARRATED, began=None)
    timings = map_scene_timings(fold([REQUESTED, SCRIPTED, PLANNED, old]).scene(1))
    assert timings.voicing
    assert (timings.voicing.began_at, timings.voicing.worked_seconds) == (None, None)
    assert timings.voicing.ended_at == old.at
