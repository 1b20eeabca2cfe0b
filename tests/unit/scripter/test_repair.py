"""A script is repaired without a model, whatever a model wrote."""

from __future__ import annotations

from hypothesis import assume, given
from unit.scripter.reply_strategies import narrations, plans, script_of, targets, thorough

from lectern.language.words import count_words
from lectern.markdown import limits, parse, render
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import (
    MAX_SCENE_SECONDS,
    UNSPEAKABLE,
    ScriptTarget,
    estimate_seconds,
    find_faults,
)
from lectern.scripter.scriptwriting.drafting import draft_script
from lectern.scripter.scriptwriting.repair import repair_script


@thorough
@given(plans, narrations, targets)
def test_a_repaired_script_can_be_spoken_edited_and_watched(
    plan: replies.ScriptPlan, narration: replies.NarrationDraft, target: ScriptTarget
) -> None:
    result = repair_script(draft_script(plan, narration, "en")[0], target)
    assume(result.usable)
    script = result.script
    assert parse(render(script)) == script
    faults = find_faults(script, target)
    assert not [fault for fault in faults if fault.rule in UNSPEAKABLE]
    for scene in script.scenes:
        assert all(count_words(beat.spoken_text()) <= limits.BEAT_WORDS for beat in scene.beats)
        assert target.scenes or len(scene.beats) == 1 or estimate_seconds(scene, target.rate) <= MAX_SCENE_SECONDS


@thorough
@given(plans, narrations, targets)
def test_repairing_again_changes_nothing(
    plan: replies.ScriptPlan, narration: replies.NarrationDraft, target: ScriptTarget
) -> None:
    once = repair_script(draft_script(plan, narration, "en")[0], target)
    assume(once.usable)
    again = repair_script(once.script, target)
    assert (again.script, again.notes) == (once.script, ())


def test_a_script_of_which_little_is_left_is_not_usable() -> None:
    assert not repair_script(
        script_of(["https://a.org"], ["Good."], ["\\frac{a}{b} and many other words here"]), ScriptTarget()
    ).usable
