"""What became of videos, and what they cost, is counted from their events: once, and by the events' own times."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from msgspec.structs import replace
from unit.gateway.gateways import wait_until
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Dub, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.topology import PROJECTOR, STAGE_TIMES, VIDEO_VIEWS, VIDEOS
from lectern.contracts.usage import Usage
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.outlook import StageTimes
from lectern.gateway.projection import Projection
from lectern.gateway.projector import Projector
from lectern.gateway.video_metrics import VideoMetrics
from lectern.gateway.views import Views
from lectern.worker import Connections, JetStreamKeyValueStore, Meter, configure_logs

START = datetime(2026, 1, 1, tzinfo=UTC)
OPTIONS = VideoOptions(quality="draft")
NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=1)
CODE = e.CodeRef(key="c", origin="template")
MADE = {"scene": 1, "script_key": "s", "options": OPTIONS, "narration": NARRATION}
FOOTAGE = e.FootageRef(key="f", frames=60, fps=15)


def problem(code: str, stage: str = "renderer") -> Problem:
    return Problem(code=code, title="It failed", detail="It failed.", remedy="Mend it.", stage=stage)


class Counted:
    """A video's log as it grows, each event counted when it comes."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.metrics = VideoMetrics(self.meter)
        self.video_id = new_id()
        self.entries: list[tuple[int, e.AnyEvent]] = []

    def add(self, kind: Callable[..., e.AnyEvent], second: float, **fields: object) -> e.AnyEvent:
        event = kind(video_id=self.video_id, owner="ann", at=START + timedelta(seconds=second), **fields)
        self.entries.append((len(self.entries) + 1, event))
        self.metrics.count(*self.entries[-1], VideoLog(self.entries))
        return event

    def request(self, **brief: object) -> None:
        self.add(e.VideoRequested, 0, brief=Brief(**{"topic": "Tides", **brief}), options=OPTIONS)  # type: ignore[arg-type]

    def script(self, second: float, *, review: bool = False) -> None:
        titles = (e.SceneTitle(title="One", words=9),)
        self.add(e.VideoScripted, second, script_key="s", title="T", scenes=titles, options=OPTIONS, review=review)

    def approve(self, second: float, revision: int = 1) -> None:
        titles = (e.SceneTitle(title="One", words=9),)
        self.add(
            e.ScriptApproved, second, script_key="s", title="T", scenes=titles, plan=(1,), options=OPTIONS,
            revision=revision,
        )  # fmt: skip

    def render(self, second: float, **fields: object) -> None:
        self.add(e.SceneRendered, second, **{**MADE, "code": CODE, "footage": FOOTAGE, **fields})

    def complete(self, second: float, seconds: float = 60.0, revision: int = 1) -> None:
        self.add(e.VideoCompleted, second, seconds=seconds, frames=1, outputs=(), revision=revision)

    def read(self, name: str, /, **labels: str) -> float | None:
        return self.meter.registry.get_sample_value(name, labels)


@pytest.fixture
def video() -> Counted:
    return Counted()


def test_the_times_of_a_video_begin_with_its_request(video: Counted) -> None:
    video.request()
    video.script(4)
    video.render(20)
    video.render(90, scene=2)
    video.complete(100)
    assert video.read("lectern_videos_requested_total", quality="draft", source="topic") == 1
    assert video.read("lectern_video_script_seconds_sum", quality="draft") == 4
    assert video.read("lectern_video_first_scene_seconds_sum", quality="draft") == 20
    assert video.read("lectern_video_first_scene_seconds_count", quality="draft") == 1
    first = {"quality": "draft", "length": "short", "pass": "first"}
    assert video.read("lectern_video_completion_seconds_sum", **first) == 100
    assert video.read("lectern_videos_finished_total", quality="draft", outcome="completed") == 1
    assert video.read("lectern_video_seconds_total", quality="draft") == 60


def test_the_time_of_a_review_is_its_users_own(video: Counted) -> None:
    video.request()
    video.script(4, review=True)
    video.approve(1004)
    video.render(1020)
    video.complete(1100)
    assert video.read("lectern_video_first_scene_seconds_sum", quality="draft") == 20
    first = {"quality": "draft", "length": "short", "pass": "first"}
    assert video.read("lectern_video_completion_seconds_sum", **first) == 100


def test_a_video_that_is_made_again_counts_from_its_edit_and_apart(video: Counted) -> None:
    video.request()
    video.script(4)
    video.render(20)
    video.complete(30)
    video.approve(5000, revision=2)
    video.render(5010, revision=2)
    video.complete(5040, seconds=700, revision=2)
    again = {"quality": "draft", "length": "long", "pass": "again"}
    assert video.read("lectern_video_completion_seconds_sum", **again) == 40
    assert video.read("lectern_video_first_scene_seconds_count", quality="draft") == 1


def test_a_voice_that_was_replaced_does_not_make_a_first_video_a_second_one(video: Counted) -> None:
    """The pipeline began another revision, and the user still waits for the first video."""
    video.request()
    video.script(4)
    video.approve(10, revision=2)
    video.render(20, revision=2)
    video.complete(50, revision=2)
    first = {"quality": "draft", "length": "short", "pass": "first"}
    assert video.read("lectern_video_completion_seconds_sum", **first) == 50


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("attempts-exhausted", "failed"), ("budget-exceeded", "refused"), ("chart-row", "refused"), ("x", "failed")],
)
def test_what_a_user_did_wrong_is_no_failure_of_ours(video: Counted, code: str, outcome: str) -> None:
    video.request()
    video.add(e.VideoFailed, 5, problem=problem(code, "scripter"))
    assert video.read("lectern_videos_finished_total", quality="draft", outcome=outcome) == 1
    known = "other" if code == "x" else code
    assert video.read("lectern_video_failures_total", code=known, stage="scripter") == 1


def test_a_cancelled_video_counts_as_that(video: Counted) -> None:
    video.request()
    video.add(e.VideoCancelled, 5)
    assert video.read("lectern_videos_finished_total", quality="draft", outcome="cancelled") == 1


def test_looks_at_a_scene_are_no_versions_of_its_code(video: Counted) -> None:
    history = (e.CodeAttempt(number=1, strategy="draft"), e.CodeAttempt(number=2, strategy="look"))
    video.request()
    video.script(4)
    video.render(20, code=e.CodeRef(key="c", origin="model", attempts=2, history=history))
    assert video.read("lectern_scene_code_versions_bucket", origin="model", le="1.0") == 1, "right at once"


def test_a_scene_that_shows_a_template_degrades_its_video(video: Counted) -> None:
    history = (
        e.CodeAttempt(number=1, strategy="draft", rule="NameError"),
        e.CodeAttempt(number=2, strategy="repair", rule="text-overlap"),
        e.CodeAttempt(number=3, strategy="repair", rule="text-overlap"),
        e.CodeAttempt(number=4, strategy="repair", rule="a rule that a scene made up"),
    )
    code = e.CodeRef(key="c", origin="template", attempts=4, history=history)
    video.request()
    video.script(4)
    video.render(20, code=code, degraded=problem("code-unrepaired"))
    video.complete(30)
    assert video.read("lectern_scenes_rendered_total", quality="draft", origin="template", degraded="yes") == 1
    assert video.read("lectern_scenes_degraded_total", code="code-unrepaired") == 1
    assert video.read("lectern_videos_finished_total", quality="draft", outcome="degraded") == 1
    assert video.read("lectern_scene_code_versions_sum", origin="template") == 4
    found = {
        rule: video.read("lectern_scene_findings_total", rule=rule) for rule in ("exception", "text-overlap", "other")
    }
    assert found == {"exception": 1, "text-overlap": 2, "other": 1}


def test_an_edit_right_after_the_end_does_not_degrade_what_was_whole(video: Counted) -> None:
    video.request()
    video.script(4)
    video.approve(5)
    video.render(20)
    video.complete(30)
    video.approve(31, revision=2)
    late = Counted()
    late.metrics.count(*video.entries[4], VideoLog(video.entries))
    assert late.read("lectern_videos_finished_total", quality="draft", outcome="completed") == 1


def test_a_take_that_is_put_back_in_force_was_not_rendered_again(video: Counted) -> None:
    video.request()
    video.script(4)
    video.render(20, take=1)
    assert video.read("lectern_scenes_rendered_total", quality="draft", origin="template", degraded="no") == 0


def test_a_scene_that_fails_is_counted_by_why(video: Counted) -> None:
    video.request()
    video.add(e.SceneFailed, 5, scene=1, stage="voice", problem=problem("voice-unavailable"))
    assert video.read("lectern_scenes_failed_total", stage="voice", code="voice-unavailable") == 1


def test_what_was_spent_is_counted_by_model_and_engine_and_never_by_voice(video: Counted) -> None:
    model = Usage(kind="model", name="m", task="code", input=100, cached=60, output=20, thinking=5, cost_usd=0.5)
    voice = Usage(kind="voice", name="elevenlabs/a-users-own-voice", characters=90, cost_usd=0.25)
    render = Usage(kind="render", name="renderer", cpu_seconds=3.0)
    video.request()
    video.add(e.SceneNarrated, 5, **MADE, spent=(voice,))
    video.render(9, spent=(model, render))
    tokens = {kind: video.read("lectern_model_tokens_total", model="m", task="code", kind=kind)
              for kind in ("input", "cached", "output", "thinking")}  # fmt: skip
    assert tokens == {"input": 40, "cached": 60, "output": 20, "thinking": 5}
    assert video.read("lectern_spent_dollars_total", kind="model", name="m", task="code") == 0.5
    assert video.read("lectern_spent_dollars_total", kind="voice", name="elevenlabs", task="other") is None
    assert video.read("lectern_spent_dollars_total", kind="voice", name="elevenlabs", task="") == 0.25
    assert video.read("lectern_voice_characters_total", engine="elevenlabs") == 90


@pytest.mark.parametrize(
    ("brief", "source"),
    [
        ({}, "topic"),
        ({"document_key": "d"}, "document"),
        ({"dub": Dub(video_id="v", script_key="s", codes=())}, "dub"),
    ],
)
def test_requests_are_counted_by_what_they_ask_for(video: Counted, brief: dict[str, object], source: str) -> None:
    video.request(**brief)
    assert video.read("lectern_videos_requested_total", quality="draft", source=source) == 1


def test_an_event_that_comes_again_counts_once(video: Counted) -> None:
    video.request()
    for _ in range(2):
        video.metrics.count(*video.entries[-1], VideoLog(video.entries))
    assert video.read("lectern_videos_requested_total", quality="draft", source="topic") == 1


def test_an_event_of_a_video_that_is_gone_counts_without_its_times(video: Counted) -> None:
    event = replace(video.add(e.VideoRequested, 0, brief=Brief(topic="x"), options=OPTIONS), revision=1)
    video.metrics.count(99, e.VideoCompleted(video_id=event.video_id, seconds=9.0, frames=1, outputs=()), VideoLog())
    assert video.read("lectern_videos_finished_total", quality="draft", outcome="completed") == 0


@pytest.mark.parametrize(
    "late",
    [
        e.VideoCompleted(video_id="v", seconds=9.0, frames=1, outputs=()),
        e.VideoCancelled(video_id="v"),
        e.VideoScripted(video_id="v", script_key="s", title="T", scenes=(), options=VideoOptions()),
    ],
    ids=lambda event: e.name_type(event),
)
def test_what_is_counted_after_a_video_was_erased_stops_nothing(video: Counted, late: e.AnyEvent) -> None:
    """Of an erased log its deletion is left, and what a stage may have added since."""
    erased = VideoLog([(7, e.VideoDeleted(video_id="v")), (8, late)])
    video.metrics.count(5, late, erased)


def test_the_end_of_a_video_leaves_a_line_with_its_owner_and_cost(video: Counted) -> None:
    spent = (Usage(kind="model", name="m", task="script", cost_usd=0.5),)
    configure_logs("json", "INFO")
    with structlog.testing.capture_logs() as lines:
        video.request()
        video.script(4)
        video.render(20, spent=spent)
        video.complete(30)
        video.approve(50, revision=2)
        video.render(60, revision=2, spent=spent)
        video.complete(70, revision=2)
    ended = [line for line in lines if line.get("action") == "video-ended"]
    assert [(line["owner"], line["outcome"], line["cost_usd"]) for line in ended] == [("ann", "completed", 0.5)] * 2


@pytest.mark.slow
async def test_of_two_gateways_one_counts_each_event(server_connections: Connections) -> None:
    nats, stop, meters = server_connections.nats, asyncio.Event(), (Meter(), Meter())
    running, started = [], list[Views | StageTimes]()
    for meter in meters:
        views = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS))
        times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
        for bucket in (views, times):
            await bucket.start()
            started.append(bucket)
        projection = Projection(server_connections.event_log, views, GatewayMetrics(meter))
        projector = Projector(nats, projection, views, times, VideoMetrics(meter))
        running.append(asyncio.create_task(projector.run(stop)))

    def add_up(name: str, /, **labels: str) -> float:
        return sum(meter.registry.get_sample_value(name, labels) or 0.0 for meter in meters)

    try:
        for _ in range(6):
            await PublishedVideo(server_connections).finish()

        async def is_counted() -> bool:
            """What is acknowledged was counted before."""
            info = await nats.jetstream().consumer_info(VIDEOS, PROJECTOR)
            return (info.num_pending, info.num_ack_pending) == (0, 0)

        await wait_until(is_counted, 30)
    finally:
        stop.set()
        await asyncio.gather(*running)
        for bucket in started:
            await bucket.close()
    assert add_up("lectern_videos_finished_total", quality="standard", outcome="completed") == 6
    assert add_up("lectern_videos_requested_total", quality="standard", source="topic") == 6
    assert add_up("lectern_scenes_rendered_total", quality="standard", origin="template", degraded="no") == 12
    assert add_up("lectern_video_first_scene_seconds_count", quality="standard") == 6
