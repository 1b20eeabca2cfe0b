"""Answers as models give them, through the real Gemini client: what becomes of each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from unit.scripter.desk import RECORDED, Case, Desk, a_desk, cases, recorded

from lectern.contracts import script as s
from lectern.llm import decode_answer
from lectern.markdown import parse, render
from lectern.scripter.model import answers
from lectern.scripter.model.checks import UNSPEAKABLE, Wanted, findings
from lectern.scripter.model.drafting import draft
from lectern.scripter.writer import Written
from lectern.worker import Permanent

CASES = cases()
TOKENS_A_VIDEO = 30_000  # what a two-minute video may take in all; the script is to leave most of it to the scenes


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk() as made:
        yield made


async def written(desk: Desk, case: Case) -> Written:
    moves = [recorded(name, sources=case.sources if name.startswith("notes") else ()) for name in case.answers]
    return await desk.write(*moves, brief=case.brief(), language=case.language)


@pytest.mark.parametrize("case", [case for case in CASES if not case.fails], ids=lambda case: case.must)
async def test_of_recorded_answers(desk: Desk, case: Case) -> None:
    script = (await written(desk, case)).script
    assert len(desk.script.requests) == case.requests
    assert len(script.scenes) == case.scenes
    corrections = "\n".join(desk.asked(number) for number in range(2, case.requests + 1))
    for quoted in case.told:
        assert quoted in corrections
    assert len(script.doubts) >= len(case.doubts)
    for doubt in case.doubts:
        assert any(doubt in each for each in script.doubts), script.doubts
    if not case.doubts and not case.told:
        assert script.doubts == ()
    if case.visuals:
        assert [type(scene.visual).__name__.lower().replace("nonetype", "none") for scene in script.scenes] == list(
            case.visuals
        )
    if case.colours:
        assert [symbol.colour for symbol in script.symbols] == list(case.colours)
    if case.show:
        assert any(case.show in beat.show for scene in script.scenes for beat in scene.beats)
    if case.same_as:
        assert said(script) == said(read(case, case.same_as))
    assert script.sources == tuple(f"{title} — {url}" for title, url in case.sources)
    assert_can_be_made(script, case)


def assert_can_be_made(script: s.Script, case: Case) -> None:
    """Whatever a model wrote: what goes on can be spoken, drawn and edited."""
    assert parse(render(script)) == script
    left = findings(script, Wanted(language=case.language))
    assert not [each for each in left if each.rule in {*UNSPEAKABLE, "language", "scene-length", "beat-length"}]
    assert not any(isinstance(scene.visual, s.Manim | s.Image) for scene in script.scenes)
    assert all(symbol.colour in answers.COLOURS for symbol in script.symbols)


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=lambda case: case.must)
async def test_of_recorded_answers_that_cannot_be_used(desk: Desk, case: Case) -> None:
    with pytest.raises(Permanent) as failure:
        await written(desk, case)
    assert failure.value.problem.code == case.fails
    assert failure.value.problem.remedy
    assert sum(item.requests for item in failure.value.spent) == case.requests == len(desk.script.requests)


async def test_a_script_takes_few_of_the_tokens_a_video_may_take(desk: Desk) -> None:
    """Counted at four characters a token, without thinking; the figures for each case stand in the test's report."""
    used = {}
    for case in CASES:
        desk.script.requests.clear()
        desk.script.moves.clear()
        if not case.fails:
            await written(desk, case)
            used[case.must] = desk.tokens(case.answers)
    print("\n".join(f"{tokens:6} {must}" for must, tokens in sorted(used.items(), key=lambda item: item[1])))
    assert max(used.values()) < TOKENS_A_VIDEO / 2


def test_every_recorded_answer_is_used() -> None:
    files = {path.name for path in RECORDED.iterdir()} - {"cases.toml"}
    assert files == {name for case in CASES for name in case.answers}
    assert len(files) >= 15


def read(case: Case, name: str) -> s.Script:
    plan = decode_answer((RECORDED / case.answers[0]).read_text(encoding="utf-8"), answers.Plan)
    narration = decode_answer((RECORDED / name).read_text(encoding="utf-8"), answers.Narration)
    return draft(plan, narration, case.language)[0]


def said(script: s.Script) -> list[str]:
    return [text for scene in script.scenes for text in (scene.title, *(beat.text for beat in scene.beats))]
