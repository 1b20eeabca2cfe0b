"""The coder with a model: the real Gemini client against a stand-in, the real preflight in the real sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from standins.behaviour import Blocks, Fails, Says
from unit.coder.model.desk import Desk

from lectern.coder.model.examples import Shelf, examples_of
from lectern.coder.model.reference import load_reference
from lectern.coder.task import Task
from lectern.contracts import script as s
from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.lessons import load_lessons
from lectern.worker import Transient

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

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
ONE_BEAT = GOOD.replace("        with self.beat():\n            self.play(Rotate", "        self.play(Rotate").replace(
    "        self.play(Rotate(planet, TAU, about_point=ORIGIN), run_time=2)",
    "            self.play(Rotate(planet, TAU, about_point=ORIGIN), run_time=2)",
)
OFF_FRAME = GOOD.replace(
    "sun = Circle(", "label = Text('Far away', font_size=40).shift(RIGHT * 9)\n        sun = Circle("
).replace("FadeIn(planet)", "FadeIn(planet), FadeIn(label)")
BEATS = ("The planet is drawn beside its sun.", "Then it goes around once in a great circle.")


def task(**fields: object) -> Task:
    spans = (BeatSpan(start=0, end=4, text=BEATS[0]), BeatSpan(start=4, end=8, text=BEATS[1]))
    narration = Narration(
        seconds=8, samples=8 * 48_000, words=(), beats=spans, voice="v", engine="silent", timing="estimated"
    )
    made = Task(
        number=2,
        script_title="Orbits",
        scene=s.Scene(title="Around", beats=tuple(s.Beat(text=text) for text in BEATS)),
        narration=narration,
        options=VideoOptions(quality="draft"),
        symbols=(s.Symbol(name="planet", colour="primary", meaning="what goes around"),),
    )
    return msgspec.structs.replace(made, **fields)


def edits(old: str, new: str) -> Says:
    return Says(json.dumps({"diagnosis": "There is no such thing.", "edits": [{"old": old, "new": new}]}))


async def test_a_good_draft_is_mended_without_asking_and_passes_at_once(desk: Desk) -> None:
    desk.script.then(Says(GOOD))
    coded = await desk.code(task())
    assert coded.origin == "model"
    assert coded.degraded is None
    assert "Create(sun)" in coded.source
    assert [attempt.strategy for attempt in coded.history] == ["draft"]
    assert coded.spent[0].requests == 1


async def test_the_prompt_gives_durations_vocabulary_symbols_and_worked_examples(desk: Desk) -> None:
    desk.script.then(Says(GOOD))
    await desk.code(task())
    asked = json.dumps(desk.script.requests[0], ensure_ascii=False)
    for said in (
        "(4.0 s) The planet is drawn",
        "NarratedScene",
        "theme.primary, what goes around",
        "frame.body",
        "finished scene",
    ):
        assert said in asked, said


async def test_an_error_is_repaired_by_an_edit_with_the_real_signatures_at_hand(desk: Desk) -> None:
    desk.script.then(Says(ATTRIBUTE), edits("planet.animate.glow()", "FadeIn(planet)"))
    coded = await desk.code(task())
    assert coded.degraded is None
    assert [attempt.strategy for attempt in coded.history] == ["draft", "lines"]
    assert coded.history[0].finding
    asked = json.dumps(desk.script.requests[1])
    assert "glow" in asked
    assert "Signatures in manim 0.22" in asked


async def test_a_missing_beat_and_an_off_frame_label_are_findings_that_are_repaired(desk: Desk) -> None:
    for bad, rule in ((ONE_BEAT, "beat-missing"), (OFF_FRAME, "out-of-frame")):
        desk.script.then(Says(bad), edits("no such text", "x"), edits("nor this", "y"), Says(GOOD))
        coded = await desk.code(task(number=7 if bad is ONE_BEAT else 8))
        assert coded.degraded is None, coded.history
        assert coded.history[0].rule == rule
        assert coded.history[-1].strategy == "scene", "edits that do not fit widen the repair"


async def test_what_cannot_be_repaired_becomes_a_template_and_says_so(desk: Desk) -> None:
    desk.script.otherwise = lambda request: Says("I'm sorry, but I cannot help with that.")
    coded = await desk.code(task(number=3))
    assert coded.origin == "template"
    assert coded.degraded is not None
    assert coded.degraded.code == "code-unrepaired"
    assert len(coded.history) <= 5
    assert coded.spent, "what failed is paid for and shown"
    assert len(set(desk.checked)) == len(desk.checked), "no code was checked twice"


async def test_a_scene_that_costs_too_much_becomes_a_template(desk: Desk) -> None:
    coded = await desk.code(task(number=4, budget_usd=0.0001))
    assert coded.degraded is not None
    assert coded.degraded.code == "budget-exceeded"
    assert desk.script.requests == []


async def test_a_refusal_becomes_a_template_at_once(desk: Desk) -> None:
    desk.script.then(Blocks())
    coded = await desk.code(task(number=5))
    assert coded.degraded is not None
    assert coded.degraded.code == "content-refused"


async def test_a_model_that_is_away_is_waited_for_and_on_the_last_try_done_without(desk: Desk) -> None:
    desk.script.otherwise = lambda request: Fails(503)
    with pytest.raises(Transient):
        await desk.code(task(number=6))
    coded = await desk.code(task(number=6, last_try=True))
    assert coded.degraded is not None
    assert coded.degraded.code == "provider-unavailable"


async def test_an_authors_broken_manim_is_repaired_too(desk: Desk) -> None:
    source = (await desk_source()).replace("FadeIn(planet)", "FadeIn(plant)")
    desk.script.then(edits("FadeIn(plant)", "FadeIn(planet)"))
    scene = msgspec.structs.replace(task().scene, visual=s.Manim(source=source))
    coded = await desk.code(task(scene=scene))
    assert coded.degraded is None
    assert coded.origin == "model"


async def test_an_authors_working_manim_costs_nothing(desk: Desk) -> None:
    scene = msgspec.structs.replace(task().scene, visual=s.Manim(source=await desk_source()))
    coded = await desk.code(task(scene=scene))
    assert (coded.origin, coded.spent) == ("author", ())
    assert desk.script.requests == []


async def desk_source() -> str:
    """The good scene as an author would write it."""
    from lectern.coder.model.fixes import mend

    return mend(GOOD, load_reference()).code


def test_examples_are_found_by_what_they_are_about(tmp_path: Path) -> None:
    shelf = Shelf(examples_of(load_lessons()))
    nearest = shelf.nearest("How do plants split water with light and chlorophyll?")
    assert "water" in nearest[0].narration.lower()
    assert Shelf(()).nearest("anything") == ()
