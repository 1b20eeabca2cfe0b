"""The coder with a model: the real Gemini client against a stand-in, and a made-up preflight."""

from __future__ import annotations

import json

import msgspec
import pytest
from standins.behaviour import Blocks, Empty, Fails, Says
from unit.coder.codegen.rig import CoderRig

from lectern.coder.codegen.examples import ExampleIndex, find_examples
from lectern.coder.codegen.fixes import fix_code
from lectern.coder.codegen.reference import load_reference
from lectern.coder.coding import CodingResult, CodingTask, RefusedCode
from lectern.contracts import script as s
from lectern.contracts.events import CodeAttempt
from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Finding, SceneException, SceneVerdict
from lectern.lessons import load_studies
from lectern.worker import Transient, Unavailable

GOOD = """```python
from manim import *

class Orbit(Scene):
    def construct(self):
        sun = Circle(radius=0.6, color=theme.accent, fill_opacity=1)
        planet = Dot(RIGHT * 2.4, color=theme.primary, radius=0.18)
        with self.beat():
            self.play(ShowCreation(sun), FadeIn(planet))
        with self.beat():
            self.play(Rotate(planet, TAU, about_point=ORIGIN), run_time=2)
```"""
ATTRIBUTE = GOOD.replace("FadeIn(planet)", "planet.animate.glow()")
OFF_FRAME = GOOD.replace("FadeIn(planet)", "FadeIn(planet.shift(RIGHT * 9))")
NO_ATTRIBUTE = SceneVerdict(ok=False, error=SceneException(type="AttributeError", message="Dot has no glow", line=9))
OUT_OF_FRAME = SceneVerdict(
    ok=True, findings=(Finding(rule="out-of-frame", level="error", message="Dot leaves the frame", beat=1, line=9),)
)
BEATS = ("The planet is drawn beside its sun.", "Then it goes around once in a great circle.")


def task(**fields: object) -> CodingTask:
    spans = (BeatSpan(start=0, end=4, text=BEATS[0]), BeatSpan(start=4, end=8, text=BEATS[1]))
    narration = Narration(
        seconds=8, samples=8 * 48_000, words=(), beats=spans, voice="v", engine="silent", timing="estimated"
    )
    scene = s.Scene(title="Around", beats=tuple(s.Beat(text=text) for text in BEATS))
    first = s.Scene(title="A sun", beats=(s.Beat(text="Here is a sun.", show="A sun rises."),))
    task = CodingTask(
        number=2,
        script=s.Script(
            title="Orbits",
            scenes=(first, scene),
            symbols=(s.Symbol(name="planet", colour="primary", meaning="what goes around"),),
        ),
        scene=scene,
        narration=narration,
        options=VideoOptions(quality="draft"),
    )
    return msgspec.structs.replace(task, **fields)


def edits(old: str, new: str) -> Says:
    return Says(json.dumps({"diagnosis": "There is no such thing.", "edits": [{"old": old, "new": new}]}))


async def test_a_good_draft_is_fixed_without_asking_and_passes_at_once(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD))
    result = await rig.code(task())
    assert result.origin == "model"
    assert result.degraded is None
    assert "Create(sun)" in result.source
    assert [attempt.strategy for attempt in result.history] == ["draft"]
    assert result.spent[0].requests == 1


async def test_the_prompt_gives_durations_vocabulary_symbols_and_worked_examples(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD))
    await rig.code(task())
    prompt = json.dumps(rig.script.requests[0], ensure_ascii=False)
    for text in (
        "(4.0 s) The planet is drawn",
        "NarratedScene",
        "theme.primary, what goes around",
        "frame.body",
        "finished scene",
    ):
        assert text in prompt, text


async def test_an_error_is_repaired_by_an_edit_with_the_real_signatures_at_hand(rig: CoderRig) -> None:
    rig.fail("glow", NO_ATTRIBUTE)
    rig.script.then(Says(ATTRIBUTE), edits("planet.animate.glow()", "FadeIn(planet)"))
    result = await rig.code(task())
    assert result.degraded is None
    assert [attempt.strategy for attempt in result.history] == ["draft", "lines"]
    assert result.history[0].finding
    prompt = json.dumps(rig.script.requests[1])
    assert "glow" in prompt
    assert "Signatures in manim 0.22" in prompt


async def test_edits_that_do_not_fit_widen_the_repair(rig: CoderRig) -> None:
    rig.fail("RIGHT * 9", OUT_OF_FRAME)
    rig.script.then(Says(OFF_FRAME), edits("no such text", "x"), edits("nor this", "y"), Says(GOOD))
    result = await rig.code(task())
    assert result.degraded is None, result.history
    assert result.history[0].rule == "out-of-frame"
    assert result.history[-1].strategy == "scene"


async def test_an_unrepairable_scene_becomes_a_template_with_a_reason(rig: CoderRig) -> None:
    rig.fail("sorry", SceneVerdict(ok=False, error=SceneException(type="SyntaxError", message="invalid", line=1)))
    rig.script.otherwise = lambda request: Says("I'm sorry, but I cannot help with that.")
    result = await rig.code(task())
    assert result.origin == "template"
    assert result.degraded is not None
    assert result.degraded.code == "code-unrepaired"
    assert len(result.history) <= 5
    assert result.spent, "failed attempts are paid for and reported"
    assert len(set(rig.checked)) == len(rig.checked), "no code was checked twice"


def find_in_orbit(rig: CoderRig, rule: str) -> None:
    """Has preflight find this in the drawn scene, and refuse answers that are no scene."""
    finding = Finding(rule=rule, level="error", message="Text('a') and Text('b')", beat=1)
    no_scene = SceneVerdict(ok=False, error=SceneException(type="SyntaxError", message="invalid", line=1))

    async def check(task: CodingTask, source: str) -> SceneVerdict:
        if "class Orbit" in source:
            return SceneVerdict(ok=True, findings=(finding,))
        return no_scene if "no answer" in source else SceneVerdict(ok=True)

    rig.check = check
    rig.script.then(Says(GOOD))
    rig.script.otherwise = lambda request: Says("no answer")


async def test_a_drawn_scene_whose_faults_stay_is_shown_rather_than_a_card(rig: CoderRig) -> None:
    find_in_orbit(rig, "text-overlap")
    result = await rig.code(task())
    assert (result.origin, result.degraded) == ("model", None)
    assert "Create(sun)" in result.source
    assert (result.history[-1].strategy, result.history[-1].rule) == ("kept", "text-overlap")


async def test_a_drawn_scene_out_of_step_with_its_narration_is_not_shown(rig: CoderRig) -> None:
    find_in_orbit(rig, "beat-missing")
    result = await rig.code(task())
    assert result.origin == "template"
    assert result.degraded is not None


async def test_a_scene_over_its_budget_becomes_a_template(rig: CoderRig) -> None:
    result = await rig.code(task(budget_usd=0.0001))
    assert result.degraded is not None
    assert result.degraded.code == "budget-exceeded"
    assert rig.script.requests == []


async def test_a_refusal_becomes_a_template_at_once(rig: CoderRig) -> None:
    rig.script.then(Blocks())
    result = await rig.code(task())
    assert result.degraded is not None
    assert result.degraded.code == "content-refused"


@pytest.mark.parametrize("last_attempt", [False, True])
async def test_an_unavailable_model_is_waited_for_rather_than_done_without(rig: CoderRig, last_attempt: bool) -> None:
    rig.script.otherwise = lambda request: Fails(503)
    with pytest.raises(Unavailable) as failure:
        await rig.code(task(last_attempt=last_attempt))
    assert failure.value.problem.code == "provider-unavailable"


async def test_a_model_that_answers_with_nothing_is_retried_until_the_last_attempt_does_without(rig: CoderRig) -> None:
    rig.script.otherwise = lambda request: Empty()
    with pytest.raises(Transient) as failure:
        await rig.code(task())
    assert not isinstance(failure.value, Unavailable)
    result = await rig.code(task(last_attempt=True))
    assert result.degraded is not None
    assert result.degraded.code == "model-answer-empty"


async def test_what_models_have_answered_is_paid_for_though_no_renderer_checks_it(rig: CoderRig) -> None:
    async def refuse(source: str) -> SceneVerdict:
        raise Unavailable("no renderer", code="renderer-unavailable")

    rig.script.then(Says(GOOD))
    with pytest.raises(Unavailable) as failure:
        await rig.coder.code(task(), refuse)
    assert sum(item.requests for item in failure.value.spent) == 1


async def test_an_authors_broken_manim_is_repaired_too(rig: CoderRig) -> None:
    rig.fail("plant)", SceneVerdict(ok=False, error=SceneException(type="NameError", message="plant", line=9)))
    source = write_as_author(GOOD).replace("FadeIn(planet)", "FadeIn(plant)")
    rig.script.then(edits("FadeIn(plant)", "FadeIn(planet)"))
    result = await rig.code(task(scene=msgspec.structs.replace(task().scene, visual=s.Manim(source=source))))
    assert result.degraded is None
    assert result.origin == "model"


async def test_an_authors_working_manim_costs_nothing(rig: CoderRig) -> None:
    scene = msgspec.structs.replace(task().scene, visual=s.Manim(source=write_as_author(GOOD)))
    result = await rig.code(task(scene=scene))
    assert (result.origin, result.spent) == ("author", ())
    assert rig.script.requests == []


def write_as_author(answer: str) -> str:
    """A model's scene as an author would write it."""
    return fix_code(answer, load_reference()).code


def test_examples_are_found_by_their_subject() -> None:
    index = ExampleIndex(find_examples(load_studies()))
    nearest = index.nearest("How does a router pass on packets of a message?")
    assert "packets" in nearest[0].narration
    assert ExampleIndex(()).nearest("anything") == ()


def refused(source: str, version: int = 1) -> RefusedCode:
    return RefusedCode(
        source=source,
        version=version,
        problem=Problem(
            code="scene-error",
            title="The scene's code raised an exception",
            detail="ZeroDivisionError: division by zero in line 7",
            remedy="Correct that line.",
            stage="renderer",
        ),
        history=(CodeAttempt(number=1, strategy="draft"),),
    )


async def recode(rig: CoderRig, code: RefusedCode) -> CodingResult:
    async def preflight(source: str) -> SceneVerdict:
        rig.checked.append(source)
        return await rig.check(task(), source)

    return await rig.coder.recode(task(), code, preflight)


async def test_code_that_could_not_be_rendered_is_repaired_for_the_reason_it_failed(rig: CoderRig) -> None:
    rig.script.then(edits("FadeIn(planet)", "Create(planet)"))
    result = await recode(rig, refused(fix_code(GOOD, load_reference()).code))
    prompt = json.dumps(rig.script.requests[0])
    assert "ZeroDivisionError: division by zero in line 7 Correct that line." in prompt
    assert result.origin == "model"
    assert result.degraded is None
    assert [(attempt.number, attempt.strategy, attempt.rule) for attempt in result.history] == [
        (1, "draft", ""),
        (2, "render", "scene-error"),
        (3, "lines", ""),
    ]


async def test_code_that_could_not_be_rendered_twice_is_written_more_simply(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD))
    result = await recode(rig, refused("class A(NarratedScene):\n    pass", version=2))
    assert "more simply" in json.dumps(rig.script.requests[0])
    assert result.history[-1].strategy == "simpler"
    assert result.degraded is None


async def test_code_that_nobody_can_repair_becomes_a_card_that_names_why_its_render_failed(rig: CoderRig) -> None:
    rig.script.otherwise = lambda request: Blocks()
    result = await recode(rig, refused("class A(NarratedScene):\n    pass"))
    assert result.origin == "template"
    assert result.degraded is not None
    assert result.history[1].strategy == "render"


DIRECTED = s.ScenePlan(direction="Show it as a number line.")


@pytest.mark.parametrize(
    "visual",
    [s.Bullets(items=("A sun", "A planet")), s.Manim(source="class Mine: pass"), None],
    ids=["template", "own", "none"],
)
async def test_a_direction_is_drawn_by_a_model_whatever_the_scenes_visual(
    rig: CoderRig, visual: s.AnyVisual | None
) -> None:
    rig.script.then(Says(GOOD))
    scene = msgspec.structs.replace(task().scene, visual=visual, plan=DIRECTED)
    result = await rig.code(task(scene=scene))
    assert (result.origin, result.degraded) == ("model", None)
    assert "class Orbit" in result.source
    [asked] = rig.script.requests
    assert "Show it as a number line." in json.dumps(asked)


async def test_a_direction_that_no_version_follows_falls_back_on_the_scenes_own_template(rig: CoderRig) -> None:
    bullets = s.Bullets(items=("A sun", "A planet"))
    rig.fail("class Orbit", NO_ATTRIBUTE)
    rig.script.then(*[Says(GOOD.replace("0.6", f"0.{number}")) for number in range(1, 9)])
    directed = await rig.code(task(scene=msgspec.structs.replace(task().scene, visual=bullets, plan=DIRECTED)))
    plain = await rig.code(task(scene=msgspec.structs.replace(task().scene, visual=bullets)))
    assert directed.degraded is not None
    assert directed.degraded.code == "code-unrepaired"
    assert directed.source == plain.source
    assert all("Show it as a number line." in json.dumps(request) for request in rig.script.requests)


async def test_a_scene_that_is_redone_is_asked_for_anew(rig: CoderRig) -> None:
    rig.script.then(Says(GOOD), Says(GOOD.replace("0.6", "0.7")))
    first, again = await rig.code(task()), await rig.code(task(salt="redo"))
    assert first.source != again.source
    assert len(rig.script.requests) == 2
