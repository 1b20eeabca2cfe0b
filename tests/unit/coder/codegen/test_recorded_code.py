"""Recorded answers of models, through the real Gemini client and the real preflight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from unit.coder.codegen.rig import RECORDED, CoderRig, RecordedCase, load_cases, preflight_in, read_recording

from lectern.coder.coding import CodingTask
from lectern.renderer.pool import WarmPool

pytestmark = pytest.mark.slow

CASES = load_cases()


class Tally:
    """The outcomes of the cases, printed at the end."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.tokens: dict[str, list[int]] = {"code": [], "repair": []}

    def lines(self) -> str:
        shown = [f"{len(CASES)} recorded answers (written by hand: no rate of a real model)"]
        shown += [f"  {name}: {count}" for name, count in self.outcomes.most_common()]
        shown += [f"  finding {name}: {count}" for name, count in self.findings.most_common()]
        for name, sizes in self.tokens.items():
            if sizes:
                shown.append(
                    f"  tokens of {name}, where it was asked: mean {sum(sizes) / len(sizes):.0f}, most {max(sizes)}"
                )
        return "\n".join(shown)


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    tally = Tally()
    yield tally
    print("\n" + tally.lines())


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("case", "task"), CASES, ids=[case.must for case, _ in CASES])
async def test_recorded_answers_have_the_expected_result(
    sandbox_rig: CoderRig, pool: WarmPool, tally: Tally, case: RecordedCase, task: CodingTask
) -> None:
    sandbox_rig.check = preflight_in(pool, case.allowed_seconds)
    sandbox_rig.script.then(*[read_recording(name) for name in case.answers])
    coded = await sandbox_rig.code(task)
    assert tuple(attempt.rule for attempt in coded.history) == case.rules, coded.history
    assert tuple(attempt.strategy for attempt in coded.history) == case.strategies
    assert (coded.degraded.code if coded.degraded else "") == case.degraded
    assert coded.origin == ("template" if case.degraded else "model")
    assert len(sandbox_rig.script.requests) == len(case.answers), "every answer was needed, and no other"
    assert sum(item.requests for item in coded.spent) == len(case.answers), "all of them are billed"
    if case.degraded:
        assert coded.degraded is not None
        assert coded.degraded.remedy
    else:
        assert coded.source == sandbox_rig.checked[-2] or coded.source in sandbox_rig.checked
        warned = {each.rule for each in sandbox_rig.verdicts[coded.source].findings if each.level == "warning"}
        assert set(case.warned) <= warned, sandbox_rig.verdicts[coded.source].findings
    passed = "degraded" if case.degraded else f"right at version {len(case.rules)}"
    tally.outcomes[passed] += 1
    tally.findings.update(rule for rule in case.rules if rule)
    for name, size in sandbox_rig.tokens(case.answers).items():
        tally.tokens[name].append(size)


def test_there_are_enough_answers_and_none_is_forgotten() -> None:
    used = {name for case, _ in CASES for name in case.answers}
    kept = {f"{path.parent.name}/{path.name}" for kind in ("code", "repair") for path in (RECORDED / kind).iterdir()}
    assert kept - {"code/cases.toml"} - used == set()
    assert len([name for name in used if name.startswith("code/")]) >= 15
    assert len([name for name in used if name.startswith("repair/")]) >= 15


@pytest.mark.asyncio(loop_scope="module")
async def test_a_videos_scenes_with_a_repair_stay_within_the_token_budget(sandbox_rig: CoderRig) -> None:
    """A two-minute video has five scenes, at four characters a token and without thinking."""
    case, task = next((case, task) for case, task in CASES if case.rules == ("out-of-frame", ""))
    sandbox_rig.script.then(*[read_recording(name) for name in case.answers])
    await sandbox_rig.code(task)
    tokens = sandbox_rig.tokens(case.answers)
    assert tokens["code"] * 5 + tokens["repair"] < 25_000, tokens
    assert tokens["repair"] < tokens["code"] / 2, "an edit is asked for with little around it"
