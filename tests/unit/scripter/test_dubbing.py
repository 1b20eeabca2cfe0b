"""Dubs: texts found in code and replaced, scripts translated or refused."""

from __future__ import annotations

import ast
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.behaviour import Fails, Says, StandIn
from standins.gemini import gemini, gemini_client

from lectern.contracts import script as s
from lectern.contracts.options import Brief, VideoOptions
from lectern.lessons import load_lessons
from lectern.markdown import parse
from lectern.scripter.dubbing.code_texts import find_texts, replace_texts
from lectern.scripter.dubbing.original import Original, dub_from_document
from lectern.scripter.dubbing.translation import Translation, build_dub, check_translation
from lectern.scripter.dubbing.translator import Translator
from lectern.scripter.writer import ModelUnavailable, WritingRequest
from lectern.worker import Permanent

CODE = '''class Leaf(NarratedScene):
    """A leaf at work."""

    def construct(self):
        flow = Flow("Light", "Water", into="Sugar")
        names = ["stem", "x"]
        tags = VGroup(*[Label(name, color="#ff8800", font="Inter") for name in names])
        with self.beat():
            self.play(flow.reveal())
            self.at("chlorophyll")
            self.play(Indicate(flow["Light"]))
        with self.beat():
            self.play(Write(MathTex("energy = h f")), FadeIn(Label("it’s “ready”")))
            self.play(FadeIn(Label(f"{3} leaves")))
'''
SILENT = "class Dot(NarratedScene):\n    def construct(self):\n        with self.beat():\n            self.play(Create(Circle()))\n"
SCRIPT = s.Script(
    title="How a leaf works",
    scenes=(
        s.Scene(
            title="Light", beats=(s.Beat(text="In the leaf, chlorophyll catches light."), s.Beat(text="That is it."))
        ),
        s.Scene(title="A dot", beats=(s.Beat(text="Here is a dot."),)),
        s.Scene(title="Sum", beats=(s.Beat(text="So it goes."),), visual=s.Bullets(items=("Light in", "Sugar out"))),
    ),
    sources=("A book",),
    pronunciations={"leaf": "leef"},
)
ORIGINAL = Original(script=SCRIPT, codes=(CODE, SILENT, "class Card(NarratedScene): ..."))
GERMAN: dict[str, Any] = {
    "title": "Wie ein Blatt arbeitet",
    "scenes": [
        {
            "title": "Licht",
            "beats": [{"text": "Im Blatt fängt Blattgrün das Licht ein."}, {"text": "Das ist alles."}],
            "screen": [
                {"was": "Light", "now": "Licht"},
                {"was": "Water", "now": "Wasser"},
                {"was": "Sugar", "now": "Zucker"},
                {"was": "stem", "now": "Stiel"},
                {"was": "it’s “ready”", "now": 'es ist "fertig"'},
            ],
            "cues": [{"was": "chlorophyll", "now": "Blattgrün"}],
        },
        {"title": "Ein Punkt", "beats": [{"text": "Hier ist ein Punkt."}]},
        {
            "title": "Fazit",
            "beats": [{"text": "So geht das."}],
            "screen": [{"was": "Light in", "now": "Licht rein"}, {"was": "Sugar out", "now": "Zucker raus"}],
        },
    ],
}


def german_with(path: tuple[Any, ...], value: Any) -> Says:
    """The German answer with one value changed."""
    answer = json.loads(json.dumps(GERMAN))
    place = answer
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return Says(json.dumps(answer))


GOOD = Says(json.dumps(GERMAN))


class DubbingModel:
    """A translator, and the stand-in for Gemini that it asks."""

    def __init__(self, script: StandIn) -> None:
        self.script = script
        self.model_client = gemini_client(script)

    async def translate(self, *moves: Says | Fails) -> s.Script:
        self.script.then(*moves)
        request = WritingRequest(brief=Brief(), options=VideoOptions(language="de"))
        return (await Translator(self.model_client).translate(ORIGINAL, request)).script


@pytest.fixture
async def model() -> AsyncIterator[DubbingModel]:
    async with gemini() as script:
        model = DubbingModel(script)
        yield model
        await model.model_client.close()


def test_texts_on_screen_and_cues_are_told_apart() -> None:
    texts = find_texts(CODE)
    assert texts.screen == ("Light", "Water", "Sugar", "stem", "it’s “ready”")
    assert texts.cues == ("chlorophyll",)


def test_code_without_texts_has_none_and_stays_the_same() -> None:
    assert find_texts(SILENT) == find_texts("this is (not python")
    assert replace_texts(SILENT, {"Light": "Licht"}, {}) == SILENT


def test_replacing_changes_texts_wherever_they_occur_and_nothing_else() -> None:
    new = replace_texts(CODE, {"Light": "Licht", "it’s “ready”": 'l\'"eau" \\ prête'}, {"chlorophyll": "Blattgrün"})
    assert 'Flow(\'Licht\', "Water", into="Sugar")' in new
    assert "flow['Licht']" in new
    assert "self.at('Blattgrün')" in new
    assert 'l\'"eau" \\ prête' in {node.value for node in ast.walk(ast.parse(new)) if isinstance(node, ast.Constant)}
    assert new.count("\n") == CODE.count("\n")
    assert "A leaf at work." in new


@given(st.dictionaries(st.sampled_from(find_texts(CODE).screen), st.text(max_size=30), min_size=1))
def test_whatever_replaces_a_text_the_rest_of_the_code_stays(mapping: dict[str, str]) -> None:
    new = replace_texts(CODE, mapping, {})
    strings = [node.value for node in ast.walk(ast.parse(new)) if isinstance(node, ast.Constant)]
    before = [node.value for node in ast.walk(ast.parse(CODE)) if isinstance(node, ast.Constant)]
    assert strings == [mapping.get(value, value) if isinstance(value, str) else value for value in before]


@pytest.mark.parametrize("lesson", load_lessons(), ids=lambda lesson: lesson.name)
def test_the_texts_of_every_lessons_code_are_found(lesson: Any) -> None:
    for scene in parse(lesson.text).scenes:
        assert isinstance(scene.visual, s.Manim)
        texts = find_texts(scene.visual.source)
        assert not any(word.startswith("#") or word in ("text", "primary", "accent") for word in texts.screen), texts
        same = replace_texts(scene.visual.source, {word: word.upper() for word in texts.screen}, {})
        compile(same, "scene", "exec")


def test_the_texts_of_a_template_are_found_and_exchanged() -> None:
    visual = s.Chart(style="bar", series=("Yield",), rows=(("Wheat", (1.0,)), ("1", (2.0,))))
    scene = s.Scene(title="Harvest", beats=(s.Beat(text="See."),), visual=visual)
    original = Original(script=s.Script(title="Farm", scenes=(scene,)), codes=("",))
    assert original.texts(1).screen == ("Yield", "Wheat")
    dubbed = original.scene_with(1, "Ernte", scene.beats, {"Wheat": "Weizen", "bar": "Riegel"})
    assert dubbed.visual == s.Chart(style="bar", series=("Yield",), rows=(("Weizen", (1.0,)), ("1", (2.0,))))


async def test_a_script_is_translated_with_its_visuals(model: DubbingModel) -> None:
    script = await model.translate(GOOD)
    assert (script.title, script.language, script.sources) == ("Wie ein Blatt arbeitet", "de", ("A book",))
    assert script.pronunciations == {}, "they are another language's"
    first, second, third = script.scenes
    assert isinstance(first.visual, s.Manim)
    assert "self.at('Blattgrün')" in first.visual.source
    assert second.visual == s.Manim(source=SILENT), "it shows no text, so the code stays"
    assert third.visual == s.Bullets(items=("Licht rein", "Zucker raus"))


async def test_the_model_is_shown_each_scenes_texts_as_data(model: DubbingModel) -> None:
    await model.translate(GOOD)
    request = model.script.requests[0]["contents"][0]["parts"][0]["text"]
    assert "From: en\nTo: de" in request
    assert "it’s “ready”" in request
    assert "==========" in request
    assert "self.play" not in request, "code is not sent"


@pytest.mark.parametrize(
    ("path", "value", "reported"),
    [
        (("scenes", 0, "screen"), [], "'Light' of the screen is missing"),
        (("scenes", 0, "screen", 0, "now"), "Lichteinfall in das grüne Blatt", "too long for where 'Light' stood"),
        (("scenes", 0, "cues", 0, "now"), "Chlorophyll", "'chlorophyll' needs a word"),
        (("scenes", 0, "beats"), [{"text": "Alles in einem."}], "Scene 1 has 1 beats; it must have 2"),
        (("scenes", 1, "beats", 0, "text"), "...", "Scene 2 has a beat without words"),
        (("scenes",), GERMAN["scenes"][:2], "There are 2 scenes; there must be 3"),
    ],
)
async def test_a_fault_is_reported_and_corrected(
    model: DubbingModel, path: tuple[Any, ...], value: Any, reported: str
) -> None:
    script = await model.translate(german_with(path, value), GOOD)
    assert reported in model.script.requests[1]["contents"][0]["parts"][1]["text"]
    assert script.scenes[0].title == "Licht"


async def test_a_small_fault_that_stays_is_accepted(model: DubbingModel) -> None:
    longer = german_with(("scenes", 0, "screen", 0, "now"), "Lichteinfall in das grüne Blatt")
    script = await model.translate(longer, longer)
    assert isinstance(script.scenes[0].visual, s.Manim)
    assert "Lichteinfall in das grüne Blatt" in script.scenes[0].visual.source


async def test_a_structural_fault_that_stays_fails_with_a_remedy(model: DubbingModel) -> None:
    short = german_with(("scenes",), GERMAN["scenes"][:2])
    with pytest.raises(Permanent) as failed:
        await model.translate(short, short)
    assert failed.value.problem.code == "translation-unfit"
    assert failed.value.spent[0].requests == 2
    assert "your own translation" in failed.value.problem.remedy


async def test_an_unavailable_model_is_retried_later(model: DubbingModel) -> None:
    with pytest.raises(ModelUnavailable):
        await model.translate(*[Fails(503)] * 8)


def test_the_cast_is_dubbed_too_and_names_of_carried_things_stay() -> None:
    cast = "def leaf():\n    return Label('Light')"
    carried = (
        "class A(NarratedScene):\n    def construct(self):\n        self.add(self.carried('Light'), Label('Light'))"
    )
    original = Original(script=msgspec.structs.replace(SCRIPT, cast=cast), codes=(carried, *ORIGINAL.codes[1:]))
    assert original.cast_texts() == ("Light",)
    assert find_texts("x = self.carried('Light')").screen == ()
    pairs = [{"was": "Light", "now": "Licht"}]
    scenes = [{**GERMAN["scenes"][0], "screen": pairs, "cues": []}, *GERMAN["scenes"][1:]]
    translation = msgspec.convert({**GERMAN, "scenes": scenes, "cast": pairs}, Translation)
    dubbed = build_dub(original, translation, "de")
    assert dubbed.cast == cast.replace("Light", "Licht")
    assert isinstance(dubbed.scenes[0].visual, s.Manim)
    assert dubbed.scenes[0].visual.source == carried.replace("Label('Light')", "Label('Licht')")
    missing = msgspec.convert(GERMAN, Translation)
    assert any("The cast: the text 'Light'" in fault.message for fault in check_translation(original, missing, "de"))
    assert dub_from_document(original, msgspec.structs.replace(SCRIPT, cast=""), "de").cast == cast


def test_the_users_own_translation_needs_no_model() -> None:
    text = "# Das Blatt\n\n## Licht\n\nIm Blatt.\n\nFertig.\n\n## Punkt\n\nEin Punkt.\n\n## Fazit\n\nSo.\n\n- Licht\n- Zucker\n"
    script = dub_from_document(ORIGINAL, parse(text, language="de"), "de")
    assert [scene.title for scene in script.scenes] == ["Licht", "Punkt", "Fazit"]
    assert script.scenes[0].visual == s.Manim(source=CODE)
    assert script.scenes[2].visual == s.Bullets(items=("Licht", "Zucker"))
    assert script.language == "de"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("# D\n\n## Licht\n\nIm Blatt.\n\nFertig.\n", "has 1 scenes, the video has 3"),
        ("# D\n\n## A\n\nEins.\n\n## B\n\nEins.\n\n## C\n\nEins.\n", "Scene 1 of the translation (A) has 1 paragraphs"),
    ],
)
def test_a_translation_that_does_not_match_is_refused_by_scene(text: str, detail: str) -> None:
    with pytest.raises(Permanent) as refused:
        dub_from_document(ORIGINAL, parse(text, language="de"), "de")
    assert detail in refused.value.problem.detail
    assert "heading by heading" in refused.value.problem.remedy


def test_code_that_is_too_long_to_parse_keeps_its_texts() -> None:
    code = "import a" + ".a" * 40_000 + '\n"Light"\n'
    assert find_texts(code).screen == ()
    assert replace_texts(code, {"Light": "Licht"}, {}) == code


def test_a_scene_that_follows_a_direction_is_dubbed_with_its_code_and_not_with_its_template() -> None:
    scene = s.Scene(
        title="Growth",
        beats=(s.Beat(text="It grows."),),
        visual=s.Bullets(items=("It grows",)),
        plan=s.ScenePlan(direction="As a number line"),
    )
    code = "class Line(NarratedScene):\n    def construct(self):\n        pass\n"
    original = Original(script=s.Script(title="T", scenes=(scene,)), codes=(code,))
    dubbed = original.scene_with(1, "Wachstum", (s.Beat(text="Es wächst."),))
    assert dubbed.visual == s.Manim(source=code)
    assert dubbed.plan.direction == "", "the code follows it already"
