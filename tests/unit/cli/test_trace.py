"""`lectern trace` shows where a video's time went, from the event log alone."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from nats.aio.client import Client
from rich.console import Console
from unit.cli.command import invoke_in_thread
from unit.contracts.logs import PROBLEM, VIDEO
from unit.contracts.timed_logs import MADE, NARRATION, Pipeline

from lectern.cli.waterfall import draw_waterfall, format_seconds
from lectern.contracts import events as e
from lectern.worker import JetStreamEventLog

WIDTH = 110


def finished(title: str = "Tides") -> Pipeline:
    """A video of two scenes, the second of which took a hundred seconds."""
    pipeline = Pipeline()
    first, second = pipeline.script(2)
    pipeline.make(first)
    pipeline.complete(pipeline.make(second, render=(30, 60)))
    return pipeline


def draw(pipeline: Pipeline, seconds: float = 200, width: int = WIDTH, title: str = "Tides") -> str:
    to = io.StringIO()
    console = Console(file=to, width=width, highlight=False)
    console.print(draw_waterfall(pipeline.build(seconds), "completed", title, width))
    return to.getvalue()


def find_line(drawn: str, *words: str) -> str:
    [line] = [line for line in drawn.splitlines() if all(word in line for word in words)]
    return line


def test_each_stage_of_each_scene_is_a_bar_of_waiting_and_working() -> None:
    drawn = draw(finished())
    rendering = find_line(drawn, "scene 2", "renderer")
    assert "30 s + 60 s" in rendering
    assert rendering.count("█") == pytest.approx(2 * rendering.count("░"), abs=2)
    assert rendering.startswith("◆"), "it is on the critical path"
    assert not find_line(drawn, "scene 1", "renderer").startswith("◆")
    assert rendering.index("░") > find_line(drawn, "scene 2", "coder").index("█")


def test_shares_of_waiting_are_shown_for_each_stage_and_in_all() -> None:
    drawn = draw(finished())
    cells = find_line(drawn, "renderer ", "%", "2 ").split()
    assert cells[:2] == ["renderer", "2"]
    assert "33 s" in find_line(drawn, "renderer ", "32 %"), "33 s of 103 s are waiting"
    # 1 + 2 scripting, 1 + 2 voicing, 5 coding, 30 + 60 rendering, 1 + 4 composing
    assert "106 s" in find_line(drawn, "all ")
    assert "31 %" in find_line(drawn, "all "), "33 s of the path's 106 are waiting"


def test_what_is_not_finished_says_for_how_long_and_what_it_waits_for() -> None:
    pipeline = Pipeline()
    [planned] = pipeline.script(1)
    pipeline.answer(
        planned, e.SceneDelayed, 0, 3, stage="voice", problem=PROBLEM, since=planned.at + timedelta(seconds=2)
    )
    drawn = draw(pipeline, seconds=63)
    assert "63 s so far" in drawn
    assert "60 s, not finished" in find_line(drawn, "scene 1", "voice")
    assert find_line(drawn, "delayed 58 s: x")


def test_attempts_and_failures_are_shown() -> None:
    pipeline = Pipeline()
    first, second = pipeline.script(2)
    pipeline.answer(first, e.SceneNarrated, 9, 2, narration=NARRATION, attempt=3, **MADE)
    pipeline.answer(second, e.SceneFailed, 5, 1, stage="voice", problem=PROBLEM)
    drawn = draw(pipeline)
    assert "attempt 3" in find_line(drawn, "scene 1", "voice")
    assert "failed" in find_line(drawn, "scene 2", "voice")


@pytest.mark.parametrize("width", [1, 40, 72, 400])
def test_bars_fit_any_terminal(width: int) -> None:
    assert find_line(draw(finished(), width=max(width, 100)), "scene 2", "renderer")
    assert all(len(line) <= width for line in draw(finished(), width=width).splitlines())


def test_a_title_cannot_act_on_the_terminal() -> None:
    assert "\x1b]0;" not in draw(finished(), title="\x1b]0;owned\x07Tides")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12, "12 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert format_seconds(seconds) == shown


@pytest.mark.slow
async def test_the_command_reads_a_video_from_the_log(nats: Client, nats_url: str, tmp_path: Path) -> None:
    log = JetStreamEventLog(nats)
    for _, event in finished().entries:
        await log.publish(event)
    where = {"LECTERN_NATS_URL": nats_url}
    home = tmp_path / "home"
    shown = await invoke_in_thread("trace", VIDEO, home=home, **where)
    assert shown.status == 0, shown.err
    assert "30 s + 60 s" in shown.out
    found = json.loads((await invoke_in_thread("trace", VIDEO, "--json", home=home, **where)).out)
    assert (found["status"], found["ends_with"], found["seconds"]) == ("completed", "video.completed", 106.0)
    assert sum(part["seconds"] for part in found["critical_path"]) == 106.0
    assert {step["end"] for step in found["steps"]} == {"done"}

    for video, act, reason in ((VIDEO, "2", "1 acts"), ("unknown", "1", "no video"), ("a.>", "1", "no video's id")):
        refused = await invoke_in_thread("trace", video, "--act", act, home=home, **where)
        assert refused.status == 2
        assert reason in refused.err

    await log.publish(e.VideoDeleted(video_id=VIDEO))
    await log.erase(VIDEO)
    assert "was deleted" in (await invoke_in_thread("trace", VIDEO, home=home, **where)).err
