"""`lectern eval`: reading briefs, summarizing results, and whole runs against a stand-in for Gemini."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from e2e.model_answers import answers
from standins.behaviour import Blocks, Hangs, Move, Says, StandIn
from standins.gemini import gemini
from unit.cli.command import invoke_lectern, run_lectern, start_lectern
from unit.cli.responses import respond, serve

from lectern.cli.evaluation.briefs import read_briefs
from lectern.cli.evaluation.evaluate import EvaluateArguments, evaluate
from lectern.cli.evaluation.report import EvaluationReport, summarize
from lectern.cli.evaluation.trial import SceneTrial, Trial
from lectern.cli.exit_status import CANCELLED, OK, UNAVAILABLE, USAGE, CommandExit
from lectern.cli.runner.stack import run_stack
from lectern.contracts.usage import Usage

TRIALS = (
    Trial(
        key="a",
        title="A",
        video_id="1",
        seconds=10,
        usage=(
            Usage(kind="model", name="m", task="code", requests=3, input=900, output=100, cost_usd=0.01),
            Usage(kind="model", name="m", task="repair", requests=3, input=400, output=100, cost_usd=0.01),
            Usage(kind="voice", name="v", characters=500, cost_usd=0.02),
        ),
    ),
    Trial(
        key="b",
        title="B",
        video_id="2",
        seconds=30,
        usage=(Usage(kind="model", name="m", task="code", requests=1, input=450, output=50, cost_usd=0.005),),
    ),
    Trial(key="c", title="C", video_id="3", seconds=1, failed="content-refused", reason="No."),
)


def test_cost_and_time_are_those_of_all_videos_failed_ones_included() -> None:
    found = summarize(TRIALS)
    assert found.failed == {"content-refused": 1}
    assert found.tasks["code (m)"].requests == 4
    assert found.tokens_per_video == pytest.approx(2000 / 3, abs=0.1)
    assert found.repair_share_of_tokens == 0.25
    assert found.cost_usd == pytest.approx(0.045)
    assert (found.seconds_median, found.seconds_worst) == (10, 30)


def test_there_is_no_rate_when_no_model_was_asked() -> None:
    lost = SceneTrial(number=2, degraded="visual-unfit")
    lesson = Trial(key="a", title="A", video_id="1", seconds=1, scenes=(SceneTrial(number=1, origin="author"), lost))
    assert summarize([lesson]).passed_first.share is None
    assert summarize([]).seconds_median == 0


def test_briefs_are_topics_or_objects_with_documents_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("# A\n\n## B\n\nC.\n")
    file = tmp_path / "topics.json"
    file.write_text(json.dumps(["Why?", {"topic": "How?", "target_seconds": 60}, {"document": "lesson.md"}]))
    briefs = read_briefs(file, repeat=2, max_cost_usd=0.3)
    assert [brief.title for brief in briefs] == ["Why?", "Why?", "How?", "How?", "lesson.md", "lesson.md"]
    assert len({brief.key for brief in briefs}) == 6
    assert briefs[2].request == {
        "topic": "How?",
        "target_seconds": 60,
        "options": {"quality": "draft", "max_cost_usd": 0.3},
    }
    assert briefs[4].request["document"] == {"markdown": "# A\n\n## B\n\nC.\n"}
    assert read_briefs(file, repeat=2, max_cost_usd=0.3) == briefs, "keys are the content's"
    rendered = read_briefs(file, repeat=2, max_cost_usd=0.3, setting={"render": True})
    assert not {brief.key for brief in rendered} & {brief.key for brief in briefs}, "and the setting's"
    assert [brief.brief for brief in rendered] == [brief.brief for brief in briefs], "but they ask for the same"
    assert len({brief.brief for brief in briefs}) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "not JSON"),
        ("{}", "is not a list"),
        ("[]", "is not a list"),
        ('["ok", 5]', "Entry 2"),
        ('[{"topic": "a", "tipic": "b"}]', "Entry 1: Object contains unknown field `tipic`"),
        ('[{"topic": "a", "document": "b.md"}]', "Entry 1 needs either a topic or a document"),
        ('[{"document": "missing.md"}]', "missing.md cannot be read"),
        ('["  "]', "Entry 1 needs either a topic"),
        ('[{"topic": "a", "options": {"review": true}}]', "Entry 1: options.review waits for a person"),
    ],
)
def test_invalid_briefs_are_refused_by_entry(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "topics.json"
    file.write_text(text)
    with pytest.raises(CommandExit) as refused:
        read_briefs(file)
    assert reason in refused.value.problem.detail
    assert "Write a list such as" in refused.value.problem.remedy


def sometimes_wrong(request: dict[str, Any]) -> Move:
    """Good answers, except for a topic on which nothing works and one that is declined."""
    text = json.dumps(request)
    if "unspeakable" in text:
        return Blocks()
    if "HOPELESS" in text and "did not pass its check" in json.dumps(request["systemInstruction"]):
        return Says("I am sorry, but I cannot help with that.")
    move = answers(request)
    if "You plan a short explainer" in text and "hopeless" in text:
        return Says(move.text.replace("Part 2", "Part 2 HOPELESS"))  # type: ignore[union-attr]
    if "You write the narration" in text and "HOPELESS" in text:
        return Says(move.text.replace("Part 2", "Part 2 HOPELESS"))  # type: ignore[union-attr]
    return move


def text_requests(model: StandIn) -> list[dict[str, Any]]:
    """The requests for text; the others are for speech."""
    return [each for each in model.requests if "systemInstruction" in each]


def read_results(out: Path) -> list[tuple[Path, Trial]]:
    """The results in an evaluation's folder, each with its file."""
    return [(file, msgspec.json.decode(file.read_bytes(), type=Trial)) for file in (out / "trials").glob("*.json")]


@pytest.mark.slow
async def test_a_run_reports_every_brief_and_resumes_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = tmp_path / "topics.json"
    topics.write_text(json.dumps(["Why is the sea salty?", "A hopeless case?", "An unspeakable one?"]))
    plan = EvaluateArguments(topics=topics, out=tmp_path / "out", parallel=3)
    messages: list[str] = []
    async with gemini(StandIn(otherwise=sometimes_wrong)) as model:
        monkeypatch.setenv("GEMINI_API_KEY", "key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", model.url)
        assert await evaluate(plan, "", messages.append, json=True) == OK
        asked = len(text_requests(model))
        found = msgspec.json.decode((tmp_path / "out" / "report.json").read_bytes(), type=EvaluationReport)
        assert found.failed == {"content-refused": 1}
        assert (found.briefs, found.scenes, found.videos_with_every_scene) == (3, 4, 2)
        rates = found.passed_first, found.passed_after_one_repair, found.passed, found.shown_as_drawn
        assert [rate.share for rate in rates] == [0.5, 0.75, 0.75, None]
        assert found.passed.of == 4, "the scene that was lost is one of them"
        assert found.videos_without_a_degraded_scene == 1
        assert "AttributeError" in found.findings
        assert {name.split()[0] for name in found.tasks} == {"script", "code", "repair", "fact-check", "critique"}
        assert found.cost_usd > 0
        stored = {path.parts[-2] for path in (tmp_path / "out").rglob("*.mp4")}
        assert not stored, "nothing was rendered"

        trials = {trial.title: (file, trial) for file, trial in read_results(tmp_path / "out")}
        file, sky = trials["Why is the sea salty?"]
        file.unlink()
        capsys.readouterr()
        again = msgspec.structs.replace(plan, against=tmp_path / "out")
        assert await evaluate(again, "", messages.append, json=False) == OK
        assert "2 of 3 briefs have results already" in messages
        # The critique depends on stills; whether these can be drawn is the renderer's matter, and its tests'.
        wanted = sum(use.requests for use in sky.usage if use.kind == "model" and use.task != "critique")
        looks = sum(
            "You look at one scene" in json.dumps(each["systemInstruction"]) for each in text_requests(model)[asked:]
        )
        again_asked = len(text_requests(model)) - asked - looks
        assert again_asked == wanted, "one brief was asked again, and nothing was remembered"
        shown = capsys.readouterr().out
        assert "before" in shown
        assert "passed the check at the first attempt" in shown
        assert "paired difference" in shown


@pytest.mark.slow
async def test_without_a_model_lessons_are_tried_and_no_rate_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = tmp_path / "topics.json"
    topics.write_text(json.dumps(["What is a derivative?", "Why do cats purr?"]))
    messages: list[str] = []
    assert await evaluate(EvaluateArguments(topics=topics, out=tmp_path / "out"), "", messages.append, json=False) == OK
    shown = capsys.readouterr().out
    assert "No model was asked" in shown
    found = msgspec.json.decode((tmp_path / "out" / "report.json").read_bytes(), type=EvaluationReport)
    assert found.videos_with_every_scene == 1
    assert sum(found.failed.values()) == 1


@pytest.mark.slow
@pytest.mark.long
async def test_each_repeat_asks_the_model_again(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why is the sea salty?"]')
    async with gemini(StandIn(otherwise=answers)) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        args = ("eval", "topics.json", "--repeat", "2", "--parallel", "1", "--out", "out", "--json")
        result = await run_lectern(*args, home=tmp_path / "home", **key)
        asked = len(text_requests(model))
    assert result.status == OK, result.err
    found = msgspec.json.decode(result.out, type=EvaluationReport)
    (_, one), (_, other) = read_results(tmp_path / "out")
    requests = [sum(use.requests for use in each.usage if use.kind == "model") for each in (one, other)]
    assert requests[0] == requests[1] == asked / 2 > 0
    assert sum(use.requests for use in found.tasks.values()) == asked


async def list_statuses(http: httpx.AsyncClient, url: str) -> list[str]:
    return [str(video["status"]) for video in (await http.get(f"{url}/v1/videos")).json()["data"]]


@pytest.mark.slow
async def test_a_killed_evaluation_resumes_with_the_remaining_briefs(tmp_path: Path) -> None:
    """The brief that was being tried starts again, and its old video is cancelled."""
    topics = ["Why is the sea salty?", "Why is the sea blue?"]
    (tmp_path / "topics.json").write_text(json.dumps(topics))
    hangs = True

    def stuck(request: dict[str, Any]) -> Move:
        return Hangs() if hangs and "sea blue" in json.dumps(request["contents"]) else answers(request)

    async with gemini(StandIn(otherwise=stuck)) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        args = ("eval", "topics.json", "--out", "out")
        first = await start_lectern(*args, home=tmp_path / "home", **key)
        async with asyncio.timeout(120):
            while not read_results(tmp_path / "out"):
                await asyncio.sleep(0.05)
        first.kill()
        await first.communicate()
        ((_, done),) = read_results(tmp_path / "out")
        assert done.title == topics[0]

        hangs = False
        before = len([each for each in text_requests(model) if topics[0] in json.dumps(each["contents"])])
        result = await run_lectern(*args, "--json", home=tmp_path / "home", **key)
        after = len([each for each in text_requests(model) if topics[0] in json.dumps(each["contents"])])
        async with run_stack(tmp_path / "out" / "home", services=["gateway"]) as stack, httpx.AsyncClient() as http:
            async with asyncio.timeout(120):  # a list follows the log a little later
                while (await list_statuses(http, stack.url)) != ["cancelled"] * 3:  # one of them is the killed run's
                    await asyncio.sleep(0.1)
    assert result.status == OK, result.err
    assert "1 of 2 briefs have results already" in result.err
    assert {trial.title for _, trial in read_results(tmp_path / "out")} == set(topics)
    assert msgspec.json.decode(result.out, type=EvaluationReport).briefs == 2, "nothing else is on stdout"
    assert "handled" in (tmp_path / "out" / "home" / "logs" / "runner.log").read_text()
    assert before == after > 0


@pytest.mark.slow
@pytest.mark.long
async def test_an_interrupted_evaluation_cancels_its_videos(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why is the sea salty?"]')
    async with gemini(StandIn(otherwise=lambda _: Hangs())) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        process = await start_lectern("eval", "topics.json", "--out", "out", home=tmp_path / "home", **key)
        async with asyncio.timeout(120):
            while not model.requests:
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert process.returncode == CANCELLED, err.decode()
    assert "the same command resumes from them" in err.decode()
    assert "Traceback" not in err.decode()
    assert read_results(tmp_path / "out") == []
    async with run_stack(tmp_path / "out" / "home", services=["gateway"]) as stack, httpx.AsyncClient() as http:
        (listed,) = (await http.get(f"{stack.url}/v1/videos")).json()["data"]
        video = (await http.get(f"{stack.url}/v1/videos/{listed['id']}")).json()  # lists follow the log a little later
    assert video["status"] == "cancelled"


def test_a_folder_that_cannot_be_created_is_refused_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "topics.json").write_text('["Why?"]')
    (tmp_path / "file").touch()
    result = invoke_lectern("eval", "topics.json", "--out", "file/out", home=tmp_path / "home")
    assert result.status == USAGE
    assert "The folder cannot be created" in result.err
    assert "Traceback" not in result.err


def test_a_file_that_is_no_report_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "topics.json").write_text('["Why?"]')
    result = invoke_lectern("eval", "topics.json", "--against", "topics.json", home=tmp_path / "home")
    assert result.status == USAGE
    assert "The earlier report cannot be read" in result.err


async def test_a_broken_api_ends_the_evaluation_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why?", "How?"]')
    arguments = EvaluateArguments(topics=tmp_path / "topics.json", out=tmp_path / "eval")
    async with serve([respond(404)] * 3) as (url, _):
        with pytest.raises(CommandExit) as raised:
            await evaluate(arguments, url, lambda _: None, json=False)
    assert (raised.value.status, raised.value.problem.code) == (UNAVAILABLE, "not-lectern")
    assert read_results(tmp_path / "eval") == []


@pytest.mark.parametrize(
    ("environment", "render", "message"),
    [
        ({}, True, "No vision model is set up as task `judge`"),
        ({"LECTERN_OPENAI_URL": "http://127.0.0.1:9", "LECTERN_OPENAI_MODEL": "m"}, True, "No vision model is set up"),
        ({}, False, "Add --render to --judge."),
        ({"LECTERN_MODEL_ENGINE": "gemini"}, True, "GEMINI_API_KEY must be set"),
    ],
)
async def test_a_judge_needs_a_vision_model_and_something_to_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], render: bool, message: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "topics.json").write_text('["Why?"]')
    plan = EvaluateArguments(topics=tmp_path / "topics.json", out=tmp_path / "out", render=render, judge=True)
    messages: list[str] = []
    async with serve([respond(404)] * 3) as (url, _):
        with pytest.raises(CommandExit) as ended:
            await evaluate(plan, url, messages.append, json=False)
    problem = ended.value.problem
    assert message in " ".join((*messages, problem.detail, problem.remedy))
