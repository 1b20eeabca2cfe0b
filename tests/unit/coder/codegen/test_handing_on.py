"""Things that cross a cut between two scenes of a model: what its prompts say, and what its code is held to."""

from __future__ import annotations

import msgspec
import pytest
from standins.behaviour import Says
from unit.coder.codegen.rig import CoderRig, prompt_of
from unit.coder.codegen.test_model_coder import GOOD, edits, task

from lectern.coder.coding import CarriedThings, CodingTask
from lectern.contracts import script as s

HANDS_ON = GOOD.replace("run_time=2)\n```", "run_time=2)\n        self.carry(planet=planet)\n```")
SOURCE_BEFORE = "class Before(NarratedScene):\n    def construct(self):\n        self.carry(sun=sun)\n"


def carrying_task() -> CodingTask:
    """The second of three scenes: it goes on with a sun, and a planet goes on from it."""
    base = task()
    first, scene = base.script.scenes
    scene = msgspec.structs.replace(scene, plan=s.ScenePlan(carries=("planet",)))
    last = s.Scene(title="Away", beats=(s.Beat(text="It leaves."),))
    script = msgspec.structs.replace(base.script, scenes=(first, scene, last))
    carried = CarriedThings(names=("sun",), source=SOURCE_BEFORE)
    return msgspec.structs.replace(base, script=script, scene=scene, carried=carried)


async def test_the_prompt_says_what_is_there_already_and_what_the_next_scene_goes_on_with(rig: CoderRig) -> None:
    rig.script.then(Says(HANDS_ON))
    result = await rig.code(carrying_task())
    assert [attempt.strategy for attempt in result.history] == ["draft"]
    prompt = prompt_of(rig.script.requests[0])
    for told in ('sun = self.carried(\\"sun\\")', "self.carry(planet=planet)", "class Before(NarratedScene)"):
        assert told in prompt, told


async def test_nothing_is_said_of_cuts_that_nothing_crosses(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD))
    await rig.code(task())
    contents = str(rig.script.requests[0]["contents"])
    assert "goes on with the last picture" not in contents
    assert "The next scene goes on" not in contents


async def test_code_that_hands_nothing_on_is_sent_back_once_with_the_names(rig: CoderRig) -> None:
    rig.script.then(
        Says(GOOD), edits("run_time=2)", "run_time=2)\n        self.carry(planet=planet)"), edits("no such text", "x")
    )
    result = await rig.code(carrying_task())
    assert [(each.strategy, each.rule) for each in result.history] == [("draft", "not-carried"), ("lines", "")]
    assert "self.carry(planet=planet)" in result.source
    request = prompt_of(rig.script.requests[1])
    assert "end `construct` with `self.carry(planet=...)`" in request
    assert "class Before(NarratedScene)" not in request, "a repair needs what the scene is made of itself"


async def test_code_that_still_hands_nothing_on_is_shown_all_the_same(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD), edits("run_time=2)", "run_time=3)"))
    result = await rig.code(carrying_task())
    assert (result.origin, result.degraded) == ("model", None)
    assert [each.rule for each in result.history] == ["not-carried", ""]
    assert len(rig.script.requests) == 2


@pytest.mark.parametrize("last", [True, False])
def test_what_an_authors_code_asks_for_is_what_the_scene_before_is_to_carry(last: bool) -> None:
    asks = s.Manim(source="class Own(NarratedScene):\n    def construct(self):\n        self.carried('moon', 'sun')\n")
    base = carrying_task()
    own = msgspec.structs.replace(base.script.scenes[2], visual=asks)
    scenes = base.script.scenes[:2] if last else (*base.script.scenes[:2], own)
    changed = msgspec.structs.replace(base, script=msgspec.structs.replace(base.script, scenes=scenes))
    assert changed.names_to_carry == (() if last else ("moon", "sun"))
