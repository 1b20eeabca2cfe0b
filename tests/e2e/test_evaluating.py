"""`lectern eval` from briefs to figures: rendered, measured and judged; and with somebody in the model's place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from e2e.model_answers import answers
from standins.behaviour import Move, Says, StandIn
from standins.gemini import gemini
from standins.person import answer_files

from lectern.cli.evaluation.evaluate import EvaluateArguments, evaluate
from lectern.cli.evaluation.judging import DIMENSIONS, INSTRUCTIONS
from lectern.cli.evaluation.report import EvaluationReport
from lectern.cli.exit_status import OK

BRIEF = {"topic": "Why is the sea salty?", "target_seconds": 30, "options": {"voice": "silent"}}
SCORES = json.dumps({name: {"score": n, "reason": f"frame {n}"} for n, name in enumerate(DIMENSIONS, 5)})


def judging(request: dict[str, Any]) -> Move:
    """The answers, and a judge's scores."""
    if "systemInstruction" in request and "You judge an explainer video" in json.dumps(request["systemInstruction"]):
        pictures = [part for part in request["contents"][0]["parts"] if "inlineData" in part]
        assert pictures, "a judge sees frames"
        return Says(SCORES)
    return answers(request)


def write_topics(folder: Path, *briefs: object) -> Path:
    file = folder / "topics.json"
    file.write_text(json.dumps(briefs))
    return file


def read_report(out: Path) -> EvaluationReport:
    return msgspec.json.decode((out / "report.json").read_bytes(), type=EvaluationReport)


@pytest.mark.slow
async def test_rendered_videos_are_measured_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = EvaluateArguments(topics=write_topics(tmp_path, BRIEF), out=tmp_path / "out", render=True, judge=True)
    messages: list[str] = []
    async with gemini(StandIn(otherwise=judging)) as model:
        monkeypatch.setenv("GEMINI_API_KEY", "key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", model.url)
        assert await evaluate(plan, "", messages.append, json=False) == OK
    found = read_report(tmp_path / "out")
    assert (found.scenes, found.shown_as_drawn.count, found.shown_as_drawn.of) == (2, 2, 2), messages
    assert (found.passed_first.count, found.passed.count) == (1, 2)
    assert (found.looked_at.count, found.failed_looks) == (2, {})
    assert (found.carried.count, found.carried.of) == (1, 1), "the first scene's dots go on into the second"
    assert found.picture is not None
    assert found.picture.scenes == 2
    assert 0 < found.picture.still_share < 1, "each beat's animation is shorter than what is said"
    assert found.picture.longest_still > 0.5
    assert found.picture.width > 0.7, "a beam across the frame"
    assert found.cpu_seconds_per_video > 0
    assert found.length_of_asked is not None
    assert found.judge is not None
    assert found.judge.scores == {name: float(n) for n, name in enumerate(DIMENSIONS, 5)}
    assert "shown as drawn" in capsys.readouterr().out


@pytest.mark.slow
async def test_somebody_who_answers_files_takes_the_models_place_and_their_answers_are_replayed(tmp_path: Path) -> None:
    """No key, no network: what is asked is read from a folder, and written to it."""
    prompts = tmp_path / "prompts"
    asked: list[str] = []

    def answer(name: str, text: str) -> str:
        asked.append(name.partition("-")[2])
        system, _, user = text.partition("# User\n\n")
        parts = [{"text": user}, *({"inlineData": {}} for _ in range(text.count("(The image in the file")))]
        said = answers({"systemInstruction": {"parts": [{"text": system}]}, "contents": [{"parts": parts}]})
        assert isinstance(said, Says)
        return said.text

    plan = EvaluateArguments(topics=write_topics(tmp_path, BRIEF), out=tmp_path / "one", prompts=prompts)
    messages: list[str] = []
    async with answer_files(prompts, answer):
        assert await evaluate(plan, "", messages.append, json=True) == OK
    assert {"script", "fact-check", "code", "repair", "critique"} <= set(asked)
    found = read_report(tmp_path / "one")
    assert (found.passed_first.count, found.passed.count, found.passed.of) == (1, 2, 2), messages
    assert (found.looked_at.count, found.failed_looks) == (2, {})
    assert {name.rpartition(" ")[2] for name in found.tasks} == {"(files)"}
    assert found.tokens_per_video > 0
    assert found.cost_usd == 0

    again = msgspec.structs.replace(plan, out=tmp_path / "two", against=tmp_path / "one")
    assert await evaluate(again, "", messages.append, json=True) == OK, "though nobody answers any more"
    replayed = read_report(tmp_path / "two")
    assert replayed.passed_first == found.passed_first
    assert {each.difference for each in replayed.differences if each.figure != "CPU of a video, s"} == {0.0}


def test_a_judges_instructions_ask_for_every_dimension() -> None:
    assert all(f"`{name}`" in INSTRUCTIONS for name in DIMENSIONS)
