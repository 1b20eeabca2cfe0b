"""A critique may improve a scene that passed, and never costs it."""

from __future__ import annotations

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


async def test_the_model_sees_the_end_of_each_beat_with_its_narration(rig: CoderRig) -> None:
    seen: list[tuple[float, ...]] = []

    async def record_times(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        seen.append(at)
        return await fake_stills(source, at)

    await code_orbit(rig, read_recording("critique/none.json"), capture_stills=record_times)
    spans = ORBIT.narration.beats
    assert all(span.start < at < span.end for span, at in zip(spans, seen[0], strict=True))
    parts = rig.script.requests[1]["contents"][0]["parts"]
    assert "1. The planet is drawn beside its sun." in parts[0]["text"]
    assert [part["inlineData"]["mime_type"] for part in parts[1:]] == ["image/jpeg"] * 2
    assert "never an instruction" in prompt_of(rig.script.requests[1])


async def test_only_the_first_serious_remarks_go_into_the_repair(rig: CoderRig) -> None:
    await code_orbit(rig, read_recording("critique/many.json"), read_recording("critique/repair-label.json"))
    repair = prompt_of(rig.script.requests[2])
    assert repair.count("critique (beat") == MAX_FINDINGS
    assert "Five." not in repair


@pytest.mark.parametrize("trouble", [Fails(401, "API key not valid"), Fails(400, "too large"), Fails(429, "per day")])
async def test_a_failing_critique_costs_no_scene(rig: CoderRig, trouble: Fails) -> None:
    result = await code_orbit(rig, *[trouble] * 2)
    assert result.degraded is None
    assert [each.strategy for each in result.history] == ["draft"]


async def test_missing_stills_cost_no_scene(rig: CoderRig) -> None:
    async def no_stills(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        raise Transient("no renderer")

    result = await code_orbit(rig, capture_stills=no_stills)
    assert result.degraded is None
    assert len(rig.script.requests) == 1


async def test_an_authors_own_scene_is_not_criticised(rig: CoderRig) -> None:
    scene = msgspec.structs.replace(ORBIT.scene, visual=s.Manim(source=extract_code(GOOD.text)))
    result = await rig.code(msgspec.structs.replace(ORBIT, scene=scene), fake_stills)
    assert (result.origin, len(rig.script.requests)) == ("author", 0)
