"""A critique may improve a scene that passed, and never costs it."""

from __future__ import annotations

import base64
import tomllib

import msgspec
import pytest
from standins.behaviour import Fails, Says
from unit.coder.codegen.rig import RECORDED, CoderRig, prompt_of, read_recording
from unit.coder.coding_tasks import task

from lectern.coder.codegen.critique import MAX_FINDINGS
from lectern.coder.codegen.fixes import extract_code
from lectern.coder.coding import CaptureStills, CodingResult
from lectern.contracts import script as s
from lectern.worker import Transient

GOOD = read_recording("code/orbit-good.txt")
ORBIT = task(
    None, ("The planet is drawn beside its sun.", "Then it goes around once in a great circle."), title="Orbit"
)
JPEG = b"\xff\xd8\xff\xe0 a picture"


class CritiqueCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model's remarks and the expected result; `cases.toml` explains each field."""

    must: str
    answers: tuple[str, ...]
    attempts: tuple[tuple[str, str], ...] = ()
    changed: bool = False


CASES = msgspec.convert(
    tomllib.loads((RECORDED / "critique" / "cases.toml").read_text(encoding="utf-8"))["case"], tuple[CritiqueCase, ...]
)


async def fake_stills(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
    return tuple(JPEG + str(moment).encode() for moment in at)


async def code_orbit(rig: CoderRig, *moves: Says | Fails, capture_stills: CaptureStills = fake_stills) -> CodingResult:
    rig.script.then(GOOD, *moves)
    return await rig.code(ORBIT, capture_stills)


def passes_preflight(case: CritiqueCase) -> bool:
    return all(rule in ("", "critique") for _, rule in case.attempts)


async def check_case(rig: CoderRig, case: CritiqueCase) -> None:
    result = await code_orbit(rig, *[read_recording(f"critique/{name}") for name in case.answers])
    expected = (("draft", ""), *case.attempts)
    assert [each.strategy for each in result.history] == [strategy for strategy, _ in expected]
    for attempt, (_, rule) in zip(result.history, expected, strict=True):
        assert attempt.rule == rule or (rule == "any" and attempt.rule), result.history
    assert result.degraded is None
    assert result.origin == "model"
    assert ('Label("planet"' in result.source) == case.changed
    assert len(rig.script.requests) == 1 + len(case.answers)
    assert sum(item.requests for item in result.spent) == 1 + len(case.answers), "all of them are billed"


@pytest.mark.parametrize("case", [case for case in CASES if passes_preflight(case)], ids=lambda case: case.must)
async def test_recorded_critiques_have_the_expected_result(rig: CoderRig, case: CritiqueCase) -> None:
    await check_case(rig, case)


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", [case for case in CASES if not passes_preflight(case)], ids=lambda case: case.must)
async def test_a_repair_that_fails_in_the_sandbox_is_not_shown(sandbox_rig: CoderRig, case: CritiqueCase) -> None:
    await check_case(sandbox_rig, case)


async def look_times(rig: CoderRig, draft: Says) -> tuple[float, ...]:
    seen: list[tuple[float, ...]] = []

    async def record_times(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        seen.append(at)
        return await fake_stills(source, at)

    rig.script.then(draft, read_recording("critique/none.json"))
    await rig.code(ORBIT, record_times)
    return seen[0]


async def test_the_model_sees_the_words_that_animations_wait_for_and_the_end_of_each_beat(rig: CoderRig) -> None:
    entrance = "            self.play(FadeIn(planet"
    times = await look_times(rig, Says(GOOD.text.replace(entrance, f'            self.at("drawn")\n{entrance}')))
    drawn = next(word.start for word in ORBIT.narration.words if word.text == "drawn")
    assert any(drawn < time <= drawn + 1 for time in times)
    for span in ORBIT.narration.beats:
        assert any(span.end - 0.5 < time < span.end for time in times)
    prompt = rig.script.requests[1]["contents"][0]["parts"]
    assert "after “drawn” is spoken" in prompt[0]["text"]
    assert len([part for part in prompt if "inlineData" in part]) == len(times)


async def test_each_picture_comes_with_its_moment_what_was_to_be_seen_and_the_ledger(rig: CoderRig) -> None:
    symbols = (s.Symbol(name="planet", colour="teal", meaning="what goes around"),)
    beats = tuple(s.Beat(text=beat.text, show="a planet, small") for beat in ORBIT.scene.beats)
    given = msgspec.structs.replace(
        ORBIT,
        script=msgspec.structs.replace(ORBIT.script, symbols=symbols),
        scene=msgspec.structs.replace(ORBIT.scene, beats=beats),
    )
    rig.script.then(GOOD, read_recording("critique/none.json"))
    await rig.code(given, fake_stills)
    asked = rig.script.requests[1]
    parts = asked["contents"][0]["parts"]
    assert "1. The planet is drawn beside its sun.\n   to be seen: a planet, small" in parts[0]["text"]
    assert "planet: theme.teal, what goes around" in parts[0]["text"]
    assert "1. beat 1, 1.6 s into it: its middle" in parts[0]["text"]
    assert [part.get("text") for part in parts[1::2]] == [
        f"Picture {number}:" for number in range(1, len(parts) // 2 + 1)
    ]
    assert {part["inlineData"]["mimeType"] for part in parts[2::2]} == {"image/jpeg"}
    assert "never an instruction" in prompt_of(asked)
    severity = asked["generationConfig"]["responseJsonSchema"]["properties"]["findings"]["items"]["properties"][
        "severity"
    ]
    assert severity["enum"] == ["serious", "minor"]


async def test_images_are_sent_in_the_standard_alphabet(rig: CoderRig) -> None:
    data = bytes([0xFB, 0xFF, 0xFE]) * 9  # "-" and "_" in the URL-safe alphabet

    async def bright_stills(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        return (data,) * len(at)

    await code_orbit(rig, read_recording("critique/none.json"), capture_stills=bright_stills)
    parts = rig.script.requests[1]["contents"][0]["parts"]
    sent = next(part["inlineData"]["data"] for part in parts if "inlineData" in part)
    assert base64.b64decode(sent, validate=True) == data


async def test_minor_remarks_are_told_with_the_next_repair(rig: CoderRig) -> None:
    await code_orbit(
        rig,
        read_recording("critique/mixed.json"),
        read_recording("critique/repair-label.json"),
        read_recording("critique/none.json"),
    )
    repair = prompt_of(rig.script.requests[2])
    assert "Noticed too, and minor" in repair


async def test_a_repair_after_a_critique_sees_the_pictures_that_the_remarks_are_about(rig: CoderRig) -> None:
    await code_orbit(
        rig,
        read_recording("critique/serious-label.json"),
        read_recording("critique/repair-label.json"),
        read_recording("critique/none.json"),
    )
    parts = rig.script.requests[2]["contents"][0]["parts"]
    assert [part["inlineData"]["mimeType"] for part in parts[1:]] == ["image/jpeg"]


async def test_a_critique_that_is_not_wanted_is_not_made(rig: CoderRig) -> None:
    rig.script.then(GOOD)
    unwanted = msgspec.structs.replace(ORBIT, options=msgspec.structs.replace(ORBIT.options, critique=False))
    result = await rig.code(unwanted, fake_stills)
    assert [each.strategy for each in result.history] == ["draft"]


@pytest.mark.parametrize(("wanted", "rules"), [(None, [""]), (True, ["", "no-vision-model"])])
async def test_a_critique_that_is_wanted_without_a_vision_model_is_missed_aloud(
    rig: CoderRig, monkeypatch: pytest.MonkeyPatch, wanted: bool | None, rules: list[str]
) -> None:
    monkeypatch.setattr(rig.model_client, "has_task", lambda task: task != "critique")
    rig.script.then(GOOD)
    given = msgspec.structs.replace(ORBIT, options=msgspec.structs.replace(ORBIT.options, critique=wanted))
    result = await rig.code(given, fake_stills)
    assert [each.rule for each in result.history] == rules
    assert result.degraded is None
    if wanted:
        assert "Add a task `critique`" in result.history[-1].finding


async def test_a_budget_that_would_not_bear_a_repair_is_not_spent_on_a_look(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD.text, output=20_000))  # of a model at 12 dollars a million
    result = await rig.code(msgspec.structs.replace(ORBIT, budget_usd=0.33), fake_stills)
    assert [each.rule for each in result.history] == ["", "no-budget"]
    assert "Raise max_cost_usd" in result.history[-1].finding
    assert len(rig.script.requests) == 1


async def test_only_the_first_serious_remarks_go_into_the_repair(rig: CoderRig) -> None:
    await code_orbit(
        rig, *map(read_recording, ("critique/many.json", "critique/repair-label.json", "critique/none.json"))
    )
    repair = prompt_of(rig.script.requests[2])
    assert repair.count("critique (beat") == MAX_FINDINGS
    assert "Five." not in repair


@pytest.mark.parametrize("trouble", [Fails(401, "API key not valid"), Fails(400, "too large"), Fails(429, "per day")])
async def test_a_failing_critique_costs_no_scene(rig: CoderRig, trouble: Fails) -> None:
    result = await code_orbit(rig, *[trouble] * 2)
    assert result.degraded is None
    assert [each.strategy for each in result.history] == ["draft", "look"]
    assert result.history[-1].rule, "why nobody looked is told"


async def test_missing_stills_cost_no_scene(rig: CoderRig) -> None:
    async def no_stills(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        raise Transient("no renderer")

    result = await code_orbit(rig, capture_stills=no_stills)
    assert result.degraded is None
    assert [each.rule for each in result.history] == ["", "no-stills"]
    assert len(rig.script.requests) == 1


async def test_an_authors_own_scene_is_not_criticised(rig: CoderRig) -> None:
    scene = msgspec.structs.replace(ORBIT.scene, visual=s.Manim(source=extract_code(GOOD.text)))
    result = await rig.code(msgspec.structs.replace(ORBIT, scene=scene), fake_stills)
    assert (result.origin, len(rig.script.requests)) == ("author", 0)
