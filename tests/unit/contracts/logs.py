"""Hypothesis strategies for whole logs of a video: all that the pipeline may write, in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from lectern.contracts import events as e
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage

VIDEO = "0198c0de-0000-7000-8000-000000000001"
PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")
OPTIONS = VideoOptions(voice="en-US")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=2)
_CODE = e.CodeRef(key="c", origin="lesson")
_FOOTAGE = e.FootageRef(key="f", frames=120, fps=30)


def titles(count: int) -> tuple[e.SceneTitle, ...]:
    """Titles of `count` scenes."""
    return tuple(e.SceneTitle(title=f"Scene {n}", words=20) for n in range(1, count + 1))


def scene_events(scene: int, revision: int, at: datetime) -> list[e.AnyEvent]:
    """Every event that a scene can have in a revision."""
    common = {"video_id": VIDEO, "scene": scene, "revision": revision, "at": at}
    made = {**common, "script_key": f"s{revision}", "options": OPTIONS}
    return [
        e.ScenePlanned(**made),
        e.SceneNarrated(**made, narration=_NARRATION, spent=(Usage(kind="voice", name="v", characters=9 * revision),)),
        e.SceneCoded(**made, narration=_NARRATION, code=_CODE),
        e.SceneRendered(**made, narration=_NARRATION, code=_CODE, footage=_FOOTAGE),
        e.SceneFailed(**common, stage="renderer", problem=PROBLEM),
        e.SceneRefused(**made, narration=_NARRATION, code=_CODE, problem=PROBLEM),
        e.SceneCoded(**made, narration=_NARRATION, code=_CODE, version=2),
        e.SceneFailed(**common, stage="coder", version=2, problem=PROBLEM),
        e.SceneCued(**made, narration=_NARRATION),
    ]


@st.composite
def logs(draw: st.DrawFn) -> list[e.AnyEvent]:
    """A log: request, script, approvals that plan some scenes again, scene facts and outcomes of any revision."""
    scenes = draw(st.integers(1, 4))
    revisions = draw(st.integers(1, 3))
    clock = iter(_START + timedelta(seconds=i) for i in range(10_000))
    common = {"video_id": VIDEO}
    log: list[e.AnyEvent] = [
        e.VideoRequested(**common, at=next(clock), brief=Brief(topic="Tides"), options=OPTIONS),
        e.VideoScripted(
            **common, at=next(clock), script_key="s1", title="Tides", scenes=titles(scenes), options=OPTIONS,
            review=draw(st.booleans()),
        ),
    ]  # fmt: skip
    for revision in range(1, revisions + 1):
        if revision > 1 or draw(st.booleans()):
            plan = tuple(draw(st.sets(st.integers(1, scenes))))
            log.append(
                e.ScriptApproved(
                    **common, at=next(clock), revision=revision, script_key=f"s{revision}", title="Tides",
                    scenes=titles(scenes), plan=plan, options=OPTIONS,
                )
            )  # fmt: skip
        for scene in range(1, scenes + 1):
            said = scene_events(scene, revision, next(clock))
            for stage in draw(st.lists(st.sampled_from(["voice", "coder", "renderer"]), max_size=2)):
                at = next(clock)
                log.append(
                    e.SceneDelayed(
                        **common, scene=scene, revision=revision, at=at, stage=stage, problem=PROBLEM, since=at
                    )
                )
            log += draw(st.lists(st.sampled_from(said), unique_by=lambda event: type(event)))
        ends: list[e.AnyEvent] = [
            e.VideoCompleted(**common, at=next(clock), revision=revision, seconds=4, frames=120, outputs=()),
            e.VideoFailed(**common, at=next(clock), revision=revision, problem=PROBLEM),
            e.VideoCancelled(**common, at=next(clock), revision=revision),
        ]
        if draw(st.booleans()):
            at = next(clock)
            log.append(e.VideoDelayed(**common, at=at, revision=revision, stage="composer", problem=PROBLEM, since=at))
        log += draw(st.lists(st.sampled_from(ends), max_size=1))
    return log
