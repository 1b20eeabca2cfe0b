"""`lectern eval`: briefs read, figures added up, whole runs against a stand-in for Gemini that can be wrong."""

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
from servers import S3
from standins.behaviour import Blocks, Hangs, Move, Says, Script
from standins.gemini import gemini
from unit.cli.command import lectern, started

from lectern.cli.evaluation.briefs import read_briefs
from lectern.cli.evaluation.evaluate import Plan, evaluate
from lectern.cli.evaluation.report import Report, report
from lectern.cli.evaluation.trial import Attempt, SceneTrial, Trial
from lectern.cli.exits import CANCELLED, OK, UNAVAILABLE, USAGE, Stop
from lectern.cli.runner import running
from lectern.contracts.usage import Usage


def scene(number: int, *rules: str, degraded: str = "") -> SceneTrial:
    attempts = tuple(Attempt(strategy="draft" if not i else "lines", rule=rule) for i, rule in enumerate(rules))
    return SceneTrial(number=number, origin="model", attempts=attempts, degraded=degraded)


TRIALS = (
    Trial(
        key="a",
        title="A",
        video_id="1",
        seconds=10,
        scenes=(scene(1, ""), scene(2, "NameError", ""), scene(3, "out-of-frame", "NameError", "")),
        used=(
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
        scenes=(scene(1, "NameError", "NameError", degraded="visual-unfit"), SceneTrial(number=2, origin="template")),
        used=(Usage(kind="model", name="m", task="code", requests=1, input=450, output=50, cost_usd=0.005),),
    ),
    Trial(key="c", title="C", video_id="3", seconds=1, failed="content-refused", said="No."),
)


def test_the_figures_are_shares_of_the_scenes_a_model_was_asked_for() -> None:
    found = report(TRIALS)
    assert (found.scenes, found.scenes_of_a_model) == (5, 4)
    assert (found.first_attempt, found.after_one_repair, found.after_repair) == (0.25, 0.5, 0.75)
    assert found.findings == {"NameError": 4, "out-of-frame": 1}
    assert found.attempts == {1: 1, 2: 2, 3: 1}
    assert found.degraded == {"visual-unfit": 1}
    assert found.failed == {"content-refused": 1}
    assert (found.videos_with_every_scene, found.videos_without_a_degraded_scene) == (2, 1)
    assert found.tasks["code (m)"].requests == 4
    assert found.tokens_per_video == pytest.approx(2000 / 3, abs=0.1)
    assert found.repair_share_of_tokens == 0.25
    assert found.cost_usd == pytest.approx(0.045)
    assert (found.seconds_median, found.seconds_worst) == (10, 30)


def test_where_no_model_was_asked_there_is_no_rate() -> None:
    lesson = Trial(key="a", title="A", video_id="1", seconds=1, scenes=(SceneTrial(number=1, origin="author"),))
    assert report([lesson]).first_attempt is None
    assert report([]).seconds_median == 0


def test_briefs_are_topics_or_objects_and_documents_lie_beside_the_file(tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "not JSON"),
        ("{}", "no list"),
        ("[]", "no list"),
        ('["ok", 5]', "Entry 2"),
        ('[{"topic": "a", "tipic": "b"}]', "Entry 1: Object contains unknown field `tipic`"),
        ('[{"topic": "a", "document": "b.md"}]', "Entry 1 needs a topic or a document, and not both"),
        ('[{"document": "missing.md"}]', "missing.md cannot be read"),
        ('["  "]', "Entry 1 needs a topic"),
        ('[{"topic": "a", "options": {"review": true}}]', "Entry 1: options.review waits for a person"),
    ],
)
def test_wrong_briefs_are_refused_by_entry(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "topics.json"
    file.write_text(text)
    with pytest.raises(Stop) as refused:
        read_briefs(file)
    assert said in refused.value.problem.detail
    assert "Write a list such as" in refused.value.problem.remedy


def sometimes_wrong(request: dict[str, Any]) -> Move:
    """Good answers; a topic on which nothing works, and one that is declined."""
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


def writes(model: Script) -> list[dict[str, Any]]:
    """The requests for words; others are for sound."""
    return [each for each in model.requests if "systemInstruction" in each]


def kept(out: Path) -> list[tuple[Path, Trial]]:
    """The results in an evaluation's folder."""
    return [(file, msgspec.json.decode(file.read_bytes(), type=Trial)) for file in (out / "trials").glob("*.json")]


@pytest.mark.slow
async def test_a_run_reports_what_became_of_each_brief_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = tmp_path / "topics.json"
    topics.write_text(json.dumps(["Why is the sky blue?", "A hopeless case?", "An unspeakable one?"]))
    plan = Plan(topics=topics, out=tmp_path / "out", parallel=3)
    told: list[str] = []
    async with gemini(Script(otherwise=sometimes_wrong)) as model:
        monkeypatch.setenv("GEMINI_API_KEY", "key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", model.url)
        assert await evaluate(plan, "", told.append, json=True) == OK
        asked = len(writes(model))
        found = msgspec.json.decode((tmp_path / "out" / "report.json").read_bytes(), type=Report)
        assert found.failed == {"content-refused": 1}
        assert (found.briefs, found.scenes, found.videos_with_every_scene) == (3, 4, 2)
        assert (found.first_attempt, found.after_one_repair, found.after_repair) == (0.5, 0.75, 0.75)
        assert found.videos_without_a_degraded_scene == 1
        assert "AttributeError" in found.findings
        assert {name.split()[0] for name in found.tasks} == {"script", "code", "repair", "fact-check"}
        assert found.cost_usd > 0
        stored = {path.parts[-2] for path in (tmp_path / "out").rglob("*.mp4")}
        assert not stored, "nothing was rendered"

        trials = {trial.title: (file, trial) for file, trial in kept(tmp_path / "out")}
        file, sky = trials["Why is the sky blue?"]
        file.unlink()
        capsys.readouterr()
        again = msgspec.structs.replace(plan, against=tmp_path / "out")
        assert await evaluate(again, "", told.append, json=False) == OK
        assert "2 of 3 briefs were tried before" in told
        again_asked = sum(use.requests for use in sky.used if use.kind == "model")
        assert len(writes(model)) - asked == again_asked, "one brief was asked again, and nothing was remembered"
        shown = capsys.readouterr().out
        assert "before" in shown
        assert "right at the first attempt" in shown


@pytest.mark.slow
async def test_without_a_model_lessons_are_tried_and_no_rate_is_claimed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    topics = tmp_path / "topics.json"
    topics.write_text(json.dumps(["What is a derivative?", "Why do cats purr?"]))
    told: list[str] = []
    assert await evaluate(Plan(topics=topics, out=tmp_path / "out"), "", told.append, json=False) == OK
    shown = capsys.readouterr().out
    assert "No model was asked" in shown
    assert "none asked" in shown
    found = msgspec.json.decode((tmp_path / "out" / "report.json").read_bytes(), type=Report)
    assert found.videos_with_every_scene == 1
    assert sum(found.failed.values()) == 1


@pytest.mark.slow
async def test_each_repeat_asks_the_model_anew(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why is the sky blue?"]')
    async with gemini(Script(otherwise=answers)) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        args = ("eval", "topics.json", "--repeat", "2", "--parallel", "1", "--out", "out", "--json")
        ran = await lectern(*args, home=tmp_path / "home", **key)
        asked = len(writes(model))
    assert ran.status == OK, ran.err
    found = msgspec.json.decode(ran.out, type=Report)  # nothing else is on stdout
    (_, one), (_, other) = kept(tmp_path / "out")
    requests = [sum(use.requests for use in each.used if use.kind == "model") for each in (one, other)]
    assert requests[0] == requests[1] == asked / 2 > 0
    assert sum(use.requests for use in found.tasks.values()) == asked
    assert "handled" in (tmp_path / "out" / "home" / "logs" / "runner.log").read_text()


@pytest.mark.slow
async def test_an_evaluation_that_is_killed_goes_on_with_what_is_left(tmp_path: Path) -> None:
    """What it was at when it was killed is begun anew; nobody goes on with the old."""
    topics = ["Why is the sky blue?", "Why is the sea blue?"]
    (tmp_path / "topics.json").write_text(json.dumps(topics))
    hangs = True

    def stuck(request: dict[str, Any]) -> Move:
        return Hangs() if hangs and "the sea" in json.dumps(request["contents"]) else answers(request)

    async with gemini(Script(otherwise=stuck)) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        args = ("eval", "topics.json", "--out", "out")
        first = await started(*args, home=tmp_path / "home", **key)
        async with asyncio.timeout(60):
            while not kept(tmp_path / "out"):
                await asyncio.sleep(0.05)
        first.kill()
        await first.communicate()
        ((_, done),) = kept(tmp_path / "out")
        assert done.title == topics[0]

        hangs = False
        before = len([each for each in writes(model) if topics[0] in json.dumps(each["contents"])])
        ran = await lectern(*args, home=tmp_path / "home", **key)
        after = len([each for each in writes(model) if topics[0] in json.dumps(each["contents"])])
        async with running(tmp_path / "out" / "home", services=["gateway"]) as stack, httpx.AsyncClient() as http:
            videos = (await http.get(f"{stack.url}/v1/videos")).json()["data"]
    assert ran.status == OK, ran.err
    assert "1 of 2 briefs were tried before" in ran.err
    assert {trial.title for _, trial in kept(tmp_path / "out")} == set(topics)
    assert before == after > 0
    assert [video["status"] for video in videos] == ["cancelled"] * 3, "one of them is what the killed one was at"


@pytest.mark.slow
async def test_an_interrupted_evaluation_leaves_nothing_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why is the sky blue?"]')
    async with gemini(Script(otherwise=lambda _: Hangs())) as model:
        key = {"GEMINI_API_KEY": "key", "LECTERN_GEMINI_URL": model.url}
        process = await started("eval", "topics.json", "--out", "out", home=tmp_path / "home", **key)
        async with asyncio.timeout(60):
            while not model.requests:
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = await process.communicate()
    assert process.returncode == CANCELLED, said.decode()
    assert "the same command goes on from there" in said.decode()
    assert "Traceback" not in said.decode()
    assert kept(tmp_path / "out") == []
    async with running(tmp_path / "out" / "home", services=["gateway"]) as stack, httpx.AsyncClient() as http:
        videos = (await http.get(f"{stack.url}/v1/videos")).json()["data"]
    assert [video["status"] for video in videos] == ["cancelled"]


async def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why?"]')
    (tmp_path / "file").touch()
    ran = await lectern("eval", "topics.json", "--out", "file/out", home=tmp_path / "home")
    assert ran.status == USAGE
    assert "The folder cannot be made" in ran.err
    assert "Traceback" not in ran.err


async def test_an_earlier_report_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text('["Why?"]')
    ran = await lectern("eval", "topics.json", "--against", "topics.json", home=tmp_path / "home")
    assert ran.status == USAGE
    assert "The earlier report cannot be read" in ran.err


async def test_a_lectern_that_is_at_fault_ends_the_evaluation_with_its_words(tmp_path: Path, s3: S3) -> None:
    (tmp_path / "topics.json").write_text('["Why?", "How?"]')
    ran = await lectern("eval", "topics.json", "--url", s3.endpoint, home=tmp_path / "home")
    assert ran.status == UNAVAILABLE
    assert "The answer is not Lectern's" in ran.err
    assert "Traceback" not in ran.err
    assert kept(tmp_path / "eval") == []
