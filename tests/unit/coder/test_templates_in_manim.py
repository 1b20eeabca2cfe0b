"""Templates run in Manim without an error: inside the frame and in step with the voice, in every aspect."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from unit.coder.coding_tasks import task, visuals
from unit.scenekit.forked_jobs import run_in_fork

from lectern.coder import templates
from lectern.coder.coding import CodingTask
from lectern.contracts import script as s
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import ASPECTS, preset
from lectern.lessons import load_lessons
from lectern.markdown import parse

BEATS = (
    "Every leaf on Earth is a small factory that runs on light and water.",
    "The light is caught by chlorophyll, and water is drawn up from the roots, day after day after day.",
    "In the end there is sugar.",
)
LONG = "a rather long line that somebody wrote without a thought for the width of a screen"
FULL: list[s.AnyVisual | None] = [
    None,
    s.Bullets(items=(LONG,) * 7),
    s.Flow(
        steps=("Light", "Water from the roots", "Chlorophyll", "Electrons", "ATP", "Calvin cycle", "Sugar", "Starch")
    ),
    s.Equation(lines=("a^2 + b^2 = c^2", "c = sqrt(a^2 + b^2)", "sum_(i=1)^n i = (n (n + 1)) / 2")),
    s.Chart(series=("A", "B"), rows=tuple((f"Name {n}", (n * 1.5, -3.0)) for n in range(10))),
    s.Chart(style="line", series=("",), rows=tuple((str(1900 + n), (n**2.0,)) for n in range(12))),
    s.Chart(
        style="table",
        series=("Moons", "Diameter", "Year", "Mass"),
        rows=tuple((f"Planet {n}", (n, 4879.5 * n, 0.24, 5.97e3)) for n in range(12)),
    ),
    s.Comparison(left_title="Mitosis", left=("two cells", LONG), right_title="Meiosis", right=("four cells",) * 5),
    s.Timeline(entries=tuple((str(1900 + 10 * n), "Something of some importance") for n in range(8))),
    s.Table(
        headings=("Organ of a plant", "Task", "Found", "Letters", "Example"),
        rows=tuple((f"Part {n}", "takes in water and salts", "below the ground", f"{n * 99.5}", "") for n in range(8)),
    ),
    s.CodeListing(language="python", source="\n".join(f"value_{n} = compute({n}, 'text')" for n in range(16))),
    s.Image(name="leaf.png", alt="A leaf"),
]
PARTS = 4  # of the lessons' scenes, one of them in every run: prime to the number of aspects, so that it has them all
HOSTILE_TEXTS = ["'); import os; ('", "{{ }} \\ #", "日本語 🌿", "\x00\u202e", "w" * 200]


def run_scene(
    given: CodingTask, source: str, folder: Path, aspect: str, theme: str = "dark", mode: str = "measure"
) -> dict[str, Any]:
    """The result of running a source as a render job."""
    frame = preset("draft", aspect)  # type: ignore[arg-type]
    spoken = given.narration
    folder.mkdir(parents=True)
    (folder / "assets").mkdir()
    Image.new("RGB", (300, 200), "green").save(folder / "assets" / "leaf.png")
    (folder / "scene.py").write_text(source, encoding="utf-8")
    job = {
        "mode": mode,
        "scene_class": None,
        "width": frame.width,
        "height": frame.height,
        "fps": frame.fps,
        "seconds": spoken.seconds,
        "beats": [{"start": span.start, "end": span.end, "text": span.text} for span in spoken.beats],
        "words": [
            {"text": word.text, "start": word.start, "end": word.end, "beat": word.beat} for word in spoken.words
        ],
        "theme": theme,
        "seed": 1,
        "encoder": {"preset": "ultrafast", "crf": 30, "threads": 1},
        "tex": "none",
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return run_in_fork(folder)


def assert_no_errors(result: dict[str, Any]) -> None:
    assert result["ok"], result["error"]
    assert not [finding["message"] for finding in result["findings"] if finding["level"] == "error"]


@pytest.mark.slow
@pytest.mark.parametrize("aspect", ["16:9", "9:16", pytest.param("1:1", marks=pytest.mark.long)])
@pytest.mark.parametrize("visual", FULL, ids=lambda visual: type(visual).__name__)
def test_a_full_template_fits_its_frame_and_its_voice(visual: s.AnyVisual | None, aspect: str, tmp_path: Path) -> None:
    given = task(visual, BEATS, title="From light to sugar")
    source = templates.write_template(given) or templates.write_card(given)
    assert_no_errors(run_scene(given, source, tmp_path / "job", aspect))


@pytest.mark.slow
def test_a_template_is_drawn_as_long_as_its_narration(tmp_path: Path) -> None:
    given = task(s.Flow(steps=("Light", "Water", "Sugar")), BEATS)
    source = templates.write_template(given)
    assert source is not None
    result = run_scene(given, source, tmp_path / "job", "16:9", theme="light", mode="render")
    assert_no_errors(result)
    assert result["frames"] == round(given.narration.seconds * preset("draft", "16:9").fps)
    assert (tmp_path / "job" / "footage.mp4").stat().st_size > 1000


def lesson_scenes() -> list[CodingTask]:
    """Every scene of the bundled lessons without its visual, and scenes in other scripts, in every aspect in turn."""
    found: list[CodingTask] = []
    for lesson in load_lessons():
        script = parse(lesson.text)
        for number, scene in enumerate(script.scenes, 1):
            given = task(None, [beat.text for beat in scene.beats], title=scene.title, number=number)
            found.append(msgspec.structs.replace(given, script=script))
    found += [
        task(None, ("光合作用是植物制造食物的过程，它发生在叶绿体中。", "水从根部上升。", "最后产生糖和氧气。")),
        task(None, ("النبات يحول الضوء إلى سكر.", "يصعد الماء من الجذور.", "ثم نتنفس الأكسجين.")),
        task(
            None, ("Put 100 euros in a bank at 7 % a year.", "After 40 years it is 1,497 euros.", "Time does the work.")
        ),
    ]
    return [
        msgspec.structs.replace(given, options=VideoOptions(quality="draft", aspect=ASPECTS[place % len(ASPECTS)]))
        for place, given in enumerate(found)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", [0, *(pytest.param(number, marks=pytest.mark.long) for number in range(1, PARTS))], ids="part {}".format
)
def test_the_card_of_any_scene_passes_without_even_a_warning(part: int, tmp_path: Path) -> None:
    told: dict[str, list[str]] = {}
    for place, given in enumerate(lesson_scenes()[part::PARTS]):
        result = run_scene(given, templates.write_card(given), tmp_path / str(place), given.options.aspect)
        assert result["ok"], result["error"]
        told[f"{given.scene.title}, {given.options.aspect}"] = [
            each["message"] for each in result["findings"] if each["rule"] != "lopsided-picture"
        ]  # a card keeps room for the things that come later
    assert {name: messages for name, messages in told.items() if messages} == {}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_cards_of_hostile_texts_run_without_errors(text: str, tmp_path: Path) -> None:
    for number in (1, 2):
        given = task(None, (f"{text} is said.", f"And {text}.", "End."), title=text, number=number)
        for name, source in (("card", templates.write_card(given)), ("plain", templates.write_plain_card(given))):
            ast.parse(source)
            assert_no_errors(run_scene(given, source, tmp_path / f"{name}-{number}", "9:16"))


@pytest.mark.slow
def test_words_spoken_fast_still_fit(tmp_path: Path) -> None:
    for number, visual in enumerate([each for each in visuals() if not isinstance(each, s.Image | s.Equation)]):
        given = task(visual, ("Something quick.", "And done."), pace=0.35)
        source = templates.write_template(given)
        assert source is not None
        assert_no_errors(run_scene(given, source, tmp_path / str(number), "1:1"))
