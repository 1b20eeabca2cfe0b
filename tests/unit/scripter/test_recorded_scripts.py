"""Recorded answers of models and the scripts they become, through the real Gemini client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from unit.scripter.recordings import RECORDED, Case, RecordedModel, cases, recorded, recorded_model

from lectern.contracts import script as s
from lectern.llm import decode_answer
from lectern.markdown import parse, render
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import UNSPEAKABLE, ScriptTarget, find_faults
from lectern.scripter.scriptwriting.drafting import draft_script
from lectern.scripter.writer import WrittenScript
from lectern.worker import Permanent

CASES = cases()
MAX_TOKENS_PER_VIDEO = 30_000  # of two minutes; the script must leave half of them to the scenes


@pytest.fixture
async def model() -> AsyncIterator[RecordedModel]:
    async with recorded_model() as model:
        yield model


async def write(model: RecordedModel, case: Case) -> WrittenScript:
    moves = [recorded(name, sources=case.sources if name.startswith("notes") else ()) for name in case.answers]
    return await model.write(*moves, brief=case.brief(), language=case.language)


@pytest.mark.parametrize("case", [case for case in CASES if not case.fails], ids=lambda case: case.must)
async def test_recorded_answers_become_a_script(model: RecordedModel, case: Case) -> None:
    script = (await write(model, case)).script
    assert len(model.script.requests) == case.requests
    assert len(script.scenes) == case.scenes
    corrections = "\n".join(model.request(number) for number in range(2, case.requests + 1))
    for quoted in case.corrections:
        assert quoted in corrections
    assert len(script.doubts) >= len(case.doubts)
    for doubt in case.doubts:
        assert any(doubt in each for each in script.doubts), script.doubts
    rewritten = any(name.startswith("rewrite") for name in case.answers)
    if not case.doubts and (rewritten or not case.corrections):
        assert script.doubts == ()
    if case.visuals:
        assert [type(scene.visual).__name__.lower().replace("nonetype", "none") for scene in script.scenes] == list(
            case.visuals
        )
    if case.colours:
        assert [symbol.colour for symbol in script.symbols] == list(case.colours)
    if case.show:
        assert any(case.show in beat.show for scene in script.scenes for beat in scene.beats)
    assert_says_and_shows(script, case)
    if case.same_as:
        assert narration_of(script) == narration_of(draft(case, case.same_as))
    assert script.sources == tuple(f"{title} — {url}" for title, url in case.sources)
    assert_can_be_made(script, case)


def assert_says_and_shows(script: s.Script, case: Case) -> None:
    """What the case says of titles, beats and plans; what it leaves out may be anything."""
    beats = [beat for scene in script.scenes for beat in scene.beats]
    found: dict[str, list[str]] = {
        "titles": [scene.title for scene in script.scenes],
        "texts": [beat.text for beat in beats],
        "shows": [beat.show for beat in beats],
        "pictures": [scene.plan.shows for scene in script.scenes],
        "forms": [scene.plan.form for scene in script.scenes],
    }
    for field, values in found.items():
        if wanted := getattr(case, field):
            assert values == list(wanted), field
    if case.doubt_count >= 0:
        assert len(script.doubts) == case.doubt_count, script.doubts


def assert_can_be_made(script: s.Script, case: Case) -> None:
    """Whatever a model wrote, the script can be spoken, drawn and edited."""
    assert parse(render(script)) == script
    faults = find_faults(script, ScriptTarget(language=case.language))
    assert not [fault for fault in faults if fault.rule in {*UNSPEAKABLE, "language", "scene-length", "beat-length"}]
    assert not any(isinstance(scene.visual, s.Manim | s.Image) for scene in script.scenes)
    assert all(symbol.colour in replies.COLOURS for symbol in script.symbols)


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=lambda case: case.must)
async def test_recorded_answers_that_cannot_be_used_fail_the_video(model: RecordedModel, case: Case) -> None:
    with pytest.raises(Permanent) as failure:
        await write(model, case)
    assert failure.value.problem.code == case.fails
    assert failure.value.problem.remedy
    assert sum(item.requests for item in failure.value.spent) == case.requests == len(model.script.requests)


async def test_a_script_takes_at_most_half_of_the_tokens_of_a_video(model: RecordedModel) -> None:
    """Counted at four characters a token, without thinking. The numbers of each case are printed."""
    used = {}
    for case in CASES:
        model.script.requests.clear()
        model.script.moves.clear()
        if not case.fails:
            await write(model, case)
            used[case.must] = model.count_tokens(case.answers)
    print("\n".join(f"{tokens:6} {must}" for must, tokens in sorted(used.items(), key=lambda item: item[1])))
    assert max(used.values()) < MAX_TOKENS_PER_VIDEO / 2


def test_every_recorded_answer_is_used() -> None:
    files = {path.name for path in RECORDED.iterdir()} - {"cases.toml"}
    assert files == {name for case in CASES for name in case.answers}
    assert len(files) >= 70


def draft(case: Case, name: str) -> s.Script:
    plan = decode_answer((RECORDED / case.answers[0]).read_text(encoding="utf-8"), replies.ScriptPlan)
    narration = decode_answer((RECORDED / name).read_text(encoding="utf-8"), replies.NarrationDraft)
    return draft_script(plan, narration, case.language)[0]


def narration_of(script: s.Script) -> list[str]:
    return [text for scene in script.scenes for text in (scene.title, *(beat.text for beat in scene.beats))]
