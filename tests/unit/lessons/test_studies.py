"""The studies: single scenes that show a model its craft. Each keeps the rules that it is an example of."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
from unit.lessons.measuring import narration_of
from unit.scenekit.job_folders import frames_of

from lectern.coder.codegen.draft_prompt import load_frames
from lectern.coder.codegen.examples import MAX_CODE_CHARACTERS, find_examples
from lectern.contracts import script as s
from lectern.contracts.options import VideoOptions
from lectern.lessons import Lesson, load_lessons, load_studies
from lectern.markdown import parse
from lectern.media import find_motion, measure_ink
from lectern.renderer.job_settings import build_job_settings
from lectern.renderer.pool import PREFLIGHT_LIMITS, RenderJob, RenderOutcome, WarmPool

STUDIES = load_studies()
LOOKING_FPS, LOOKING_SIZE = 5, (320, 180)

each_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


def scene_of(study: Lesson) -> s.Scene:
    (scene,) = parse(study.text).scenes
    return scene


def code_of(study: Lesson) -> str:
    visual = scene_of(study).visual
    assert isinstance(visual, s.Manim)
    return visual.source


def test_every_form_has_two_studies() -> None:
    forms = [scene_of(study).plan.form for study in STUDIES]
    assert sorted(forms) == sorted([*s.FORMS, *s.FORMS])


def test_every_study_is_an_example() -> None:
    assert {each.title for each in find_examples(STUDIES)} == {scene_of(study).title for study in STUDIES}


def test_no_study_is_a_lesson_that_a_topic_finds() -> None:
    assert not {study.title for study in STUDIES} & {lesson.title for lesson in load_lessons()}


@each_study
def test_a_study_says_what_it_is_for(study: Lesson) -> None:
    scene = scene_of(study)
    assert scene.plan.idea
    assert scene.plan.purpose
    assert scene.plan.shows
    assert 3 <= len(scene.beats) <= 5


@each_study
def test_the_code_is_short_enough_for_a_prompt(study: Lesson) -> None:
    code = code_of(study)
    assert len(code) <= MAX_CODE_CHARACTERS
    assert len(code.splitlines()) <= 66
    assert max(map(len, code.splitlines())) <= 125


@each_study
def test_animations_start_on_words(study: Lesson) -> None:
    assert code_of(study).count("self.at(") >= 1


@each_study
def test_the_camera_moves_by_the_moves_that_have_names(study: Lesson) -> None:
    code = code_of(study)
    assert re.search(r"self\.(close_up|begin_close|travel|follow)\(", code)
    assert "NarratedScene)" in code
    assert not re.search(r"MovingCameraScene|camera\.frame\.(animate|scale|move_to)", code)


@each_study
def test_no_text_is_set_in_an_updater_and_nothing_waits_or_mixes_up_frames(study: Lesson) -> None:
    code = code_of(study)
    assert not re.search(r"always_redraw|self\.wait|\bMathTex\b|\bTex\b|frame\.portrait|#[0-9A-Fa-f]{6}", code)


@each_study
def test_good_and_bad_are_for_right_and_wrong_only(study: Lesson) -> None:
    if study.name != "packets-find-a-way":  # a broken line is wrong, a complete message right
        assert not re.search(r"theme\.(good|bad)", code_of(study))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=1)
    await pool.start()
    yield pool
    await pool.close()


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("theme", ["dark", "light"])
@each_study
async def test_the_check_has_nothing_to_say_about_a_study(pool: WarmPool, study: Lesson, theme: str) -> None:
    options = VideoOptions(theme=theme)  # type: ignore[arg-type]
    settings = build_job_settings(await narration_of(scene_of(study)), options, "measure")
    outcome = await pool.run(RenderJob(code=code_of(study), settings=settings, limits=PREFLIGHT_LIMITS))
    assert outcome.ok, (outcome.reason, outcome.result)
    assert outcome.result is not None
    told = [each for each in outcome.result.findings if each.rule != "lopsided-picture"]
    assert not told, "but that a derivation keeps room for what it comes to"


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@each_study
async def test_a_study_begins_with_a_picture_fills_the_frame_and_moves(pool: WarmPool, study: Lesson) -> None:
    frames = await film(pool, study)
    boxes = np.array([measure_ink(frame) for frame in frames])

    left, right, bottom, top = load_frames()["16:9"].body
    shares = boxes * load_frames()["16:9"].size / (right - left, top - bottom)
    moving = find_motion(frames)

    assert shares[0].max() > 0.6, "the first frame is a picture"
    assert (np.median(shares, axis=0) >= 0.7).all(), "it fills the body's width and height"
    assert shares.max(axis=1).min() > 0.5, "it is never empty"
    assert np.mean(moving) >= 0.6, "something moves most of the time"


async def film(pool: WarmPool, study: Lesson) -> list[npt.NDArray[np.uint8]]:
    """Render the study small, and return the luma of its frames."""
    settings = build_job_settings(await narration_of(scene_of(study)), VideoOptions(quality="draft"), "render")
    settings |= {"fps": LOOKING_FPS, "width": LOOKING_SIZE[0], "height": LOOKING_SIZE[1]}
    outcome: RenderOutcome = await pool.run(RenderJob(code=code_of(study), settings=settings, limits=PREFLIGHT_LIMITS))
    assert outcome.ok, outcome.reason
    assert isinstance(outcome.footage, Path)
    frames = frames_of(outcome.footage)
    outcome.footage.unlink()
    return frames
