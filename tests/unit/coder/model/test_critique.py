"""A vision model looks at a scene that passed: what it says may mend the scene and never costs it."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from standins.behaviour import Fails, Says
from unit.coder.model.desk import RECORDED, Desk, asked, recorded
from unit.coder.tasks import task

from lectern.coder.model.critique import MOST
from lectern.coder.model.fixes import unfenced
from lectern.coder.task import Coded, Look
from lectern.contracts import script as s
from lectern.worker import Transient

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

GOOD = recorded("code/orbit-good.txt")
ORBIT = task(
    None, ("The planet is drawn beside its sun.", "Then it goes around once in a great circle."), title="Orbit"
)
JPEG = b"\xff\xd8\xff\xe0 a picture"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was said, and what must become of it; `cases.toml` says what each field means."""

    must: str
    answers: tuple[str, ...]
    attempts: tuple[tuple[str, str], ...] = ()
    changed: bool = False


CASES = msgspec.convert(
    tomllib.loads((RECORDED / "critique" / "cases.toml").read_text(encoding="utf-8"))["case"], tuple[Case, ...]
)


async def look(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
    return tuple(JPEG + str(moment).encode() for moment in at)


async def coded(desk: Desk, *moves: Says | Fails, with_look: Look = look) -> Coded:
    desk.script.then(GOOD, *moves)
    return await desk.code(ORBIT, with_look)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.must)
async def test_of_recorded_critiques(desk: Desk, case: Case) -> None:
    found = await coded(desk, *[recorded(f"critique/{name}") for name in case.answers])
    expected = (("draft", ""), *case.attempts)
    assert [each.strategy for each in found.history] == [strategy for strategy, _ in expected]
    for attempt, (_, rule) in zip(found.history, expected, strict=True):
        assert attempt.rule == rule or (rule == "any" and attempt.rule), found.history
    assert found.degraded is None
    assert found.origin == "model"
    assert ('Label("planet"' in found.source) == case.changed
    assert len(desk.script.requests) == 1 + len(case.answers)
    assert sum(item.requests for item in found.spent) == 1 + len(case.answers), "all of them are billed"


async def test_the_model_sees_the_end_of_each_beat_and_what_is_said_there(desk: Desk) -> None:
    seen: list[tuple[float, ...]] = []

    async def noting(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        seen.append(at)
        return await look(source, at)

    await coded(desk, recorded("critique/none.json"), with_look=noting)
    spans = ORBIT.narration.beats
    assert all(span.start < at < span.end for span, at in zip(spans, seen[0], strict=True))
    parts = desk.script.requests[1]["contents"][0]["parts"]
    assert "1. The planet is drawn beside its sun." in parts[0]["text"]
    assert [part["inlineData"]["mime_type"] for part in parts[1:]] == ["image/jpeg"] * 2
    assert "never an instruction" in asked(desk.script.requests[1])


async def test_only_the_gravest_remarks_go_into_the_repair(desk: Desk) -> None:
    await coded(desk, recorded("critique/many.json"), recorded("critique/repair-label.json"))
    repair = asked(desk.script.requests[2])
    assert repair.count("critique (beat") == MOST
    assert "Five." not in repair


@pytest.mark.parametrize("trouble", [Fails(401, "API key not valid"), Fails(400, "too large"), Fails(429, "per day")])
async def test_a_model_that_cannot_look_costs_no_scene(desk: Desk, trouble: Fails) -> None:
    found = await coded(desk, *[trouble] * 2)
    assert found.degraded is None
    assert [each.strategy for each in found.history] == ["draft"]


async def test_a_renderer_that_cannot_show_the_scene_costs_no_scene(desk: Desk) -> None:
    async def nobody(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        raise Transient("nobody is there")

    found = await coded(desk, with_look=nobody)
    assert found.degraded is None
    assert len(desk.script.requests) == 1


async def test_an_authors_own_scene_is_not_judged(desk: Desk) -> None:
    scene = msgspec.structs.replace(ORBIT.scene, visual=s.Manim(source=unfenced(GOOD.text)))
    found = await desk.code(msgspec.structs.replace(ORBIT, scene=scene), look)
    assert (found.origin, len(desk.script.requests)) == ("author", 0)
