"""What a plan says to carry across cuts: names that code can have, and only from a drawing into a drawing."""

from __future__ import annotations

import msgspec
import pytest

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptTarget
from lectern.scripter.scriptwriting.drafting import draft_carries, draft_script
from lectern.scripter.scriptwriting.repair import repair_script

BULLETS = replies.VisualDraft(kind="bullets", content="- one\n- two")
WORDS = "The balloon rises over the hills, and the people below become smaller and smaller until they are dots."


def draft(*visuals: replies.VisualDraft | None, words: str = WORDS) -> s.Script:
    """A script whose plan carries a balloon out of every scene."""
    plan = replies.ScriptPlan(
        title="Balloons",
        scenes=[
            replies.PlannedScene(title=f"Part {n}", purpose="p", shows="s", carries=["Hot-Air Balloon"])
            for n in range(len(visuals))
        ],
    )
    scenes = [
        replies.SceneDraft(title=f"Part {n}", beats=[replies.BeatDraft(text=words)], visual=visual)
        for n, visual in enumerate(visuals)
    ]
    return draft_script(plan, replies.NarrationDraft(scenes=scenes), "en")[0]


@pytest.mark.parametrize(
    ("names", "usable"),
    [
        (["balloon", "speed_graph"], ("balloon", "speed_graph")),
        (["Hot-Air Balloon", " balloon ", "balloon"], ("hot_air_balloon", "balloon")),
        (["lambda", "2nd", "", "…"], ()),
        (["a", "b", "c", "d", "e"], ("a", "b", "c", "d")),
    ],
)
def test_names_become_such_as_code_can_have(names: list[str], usable: tuple[str, ...]) -> None:
    assert draft_carries(names) == usable


def test_things_are_carried_from_a_drawing_into_a_drawing_and_out_of_no_last_scene() -> None:
    script = draft(None, None, BULLETS, None, None)
    carried = [bool(scene.plan.carries) for scene in script.scenes]
    assert carried == [True, False, False, True, False]
    assert script.scenes[0].plan.carries == ("hot_air_balloon",)


def test_scenes_that_are_joined_carry_what_the_later_one_carries() -> None:
    script = draft(None, None, None, words="It rises.")
    joined = repair_script(script, ScriptTarget()).script
    assert [scene.plan.carries for scene in joined.scenes] == [()], "all three were too short to stand alone"


def test_a_plan_without_carries_is_what_it_was() -> None:
    planned = msgspec.json.encode(replies.PlannedScene(title="T", purpose="p", shows="s"))
    assert b"carries" not in planned
