"""The rules for scripts find faults in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from unit.scripter.reply_strategies import SENTENCE, narrations, plans, script_of, targets, thorough

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptTarget, estimate_seconds, find_faults
from lectern.scripter.scriptwriting.drafting import draft_script

GOOD = script_of([SENTENCE] * 3, [SENTENCE] * 3)


def test_a_good_script_has_no_find_faults() -> None:
    assert find_faults(GOOD, ScriptTarget(seconds=45, scenes=2)) == ()


@pytest.mark.parametrize(
    ("script", "target", "rule"),
    [
        (script_of([SENTENCE] * 3, ["Too short."]), {}, "scene-length"),
        (script_of([SENTENCE] * 9), {}, "scene-length"),
        (GOOD, {"seconds": 90}, "total-length"),
        (GOOD, {"seconds": 20}, "total-length"),
        (GOOD, {"scenes": 3}, "scene-count"),
        (script_of(["word " * 61]), {}, "beat-length"),
        (script_of(["One thing. Two things. Three things here."]), {}, "beat-length"),
        (script_of([f"{SENTENCE} \\frac{{a}}{{b}}"]), {}, "markup"),
        (script_of([f"{SENTENCE} See www.example.org."]), {}, "markup"),
        (script_of([SENTENCE, "…"]), {}, "nothing-said"),
        (script_of([f"{SENTENCE} E = mc²."]), {}, "symbols"),
        (GOOD, {"language": "ru"}, "language"),
        (GOOD, {"language": "fr"}, "language"),
        (GOOD, {"dialogue": True}, "speakers"),
    ],
)
def test_a_fault_is_found_by_its_rule(script: s.Script, target: dict[str, object], rule: str) -> None:
    assert rule in {fault.rule for fault in find_faults(script, ScriptTarget(**target))}  # type: ignore[arg-type]


def test_a_faster_voice_makes_scenes_shorter_but_not_their_pauses() -> None:
    scene = GOOD.scenes[0]
    assert estimate_seconds(scene, 2.0) > estimate_seconds(scene) / 2


@thorough
@given(plans, narrations, targets)
def test_faults_name_real_scenes_and_are_the_same_each_time(
    plan: replies.ScriptPlan, narration: replies.NarrationDraft, target: ScriptTarget
) -> None:
    script, on_screen = draft_script(plan, narration, "en")
    faults = find_faults(script, target)
    assert faults == find_faults(script, target)
    for fault in (*faults, *on_screen):
        assert 0 <= fault.scene <= len(script.scenes)
