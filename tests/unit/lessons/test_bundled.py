"""The bundled lessons: each runs in the sandbox in every aspect, in step with its voice and without findings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lectern.contracts import script as s
from lectern.contracts.carrying import find_needs
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import ASPECTS
from lectern.lessons import Lesson, load_lessons
from lectern.markdown import parse
from lectern.renderer.job_settings import build_job_settings, count_frames
from lectern.renderer.pool import PREFLIGHT_LIMITS, RenderJob, RenderOutcome, WarmPool
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.layout import lay_out

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LESSONS = load_lessons()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=2)
    await pool.start()
    yield pool
    await pool.close()


async def narration_of(scene: s.Scene) -> Narration:
    """Return the scene's narration, timed by reading speed."""
    speech = await SilentEngine().speak(tuple(beat.spoken_text() for beat in scene.beats), "silent", "", 1.0)
    laid = lay_out(scene.beats, speech.passages)
    return Narration(
        seconds=laid.seconds, samples=laid.samples, words=laid.words, beats=laid.beats, voice="silent", engine="silent",
        timing="estimated",
    )  # fmt: skip


async def run(pool: WarmPool, script: s.Script, number: int, options: VideoOptions, mode: str) -> RenderOutcome:
    scene = script.scene(number)
    assert isinstance(scene.visual, s.Manim), "the scenes of bundled lessons bring their own code"
    settings = build_job_settings(await narration_of(scene), options, mode)  # type: ignore[arg-type]
    needs = find_needs(script, number, scene.visual.source)
    return await pool.run(
        RenderJob(
            code=scene.visual.source,
            cast=needs.cast,
            before=needs.before,
            settings=settings,
            limits=PREFLIGHT_LIMITS,
        )
    )


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_a_lesson_lasts_between_forty_and_ninety_seconds(lesson: Lesson) -> None:
    scenes = parse(lesson.text).scenes
    seconds = sum([(await narration_of(scene)).seconds for scene in scenes])
    assert 40 <= seconds <= 90


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_no_scene_has_an_error_finding(pool: WarmPool, lesson: Lesson, aspect: str) -> None:
    options = VideoOptions(quality="draft", aspect=aspect, theme="light" if aspect == "1:1" else "dark")  # type: ignore[arg-type]
    script = parse(lesson.text)
    for number in range(1, len(script.scenes) + 1):
        outcome = await run(pool, script, number, options, "measure")
        assert outcome.ok, (number, outcome.reason, outcome.result)
        assert outcome.result is not None
        errors = [finding for finding in outcome.result.findings if finding.level == "error"]
        assert not errors, (number, errors)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_footage_has_exactly_as_many_frames_as_the_narration_needs(pool: WarmPool, lesson: Lesson) -> None:
    script = parse(lesson.text)
    scene = script.scene(1)
    outcome = await run(pool, script, 1, VideoOptions(quality="draft"), "render")
    assert outcome.ok, outcome.reason
    assert outcome.decoded is not None
    assert outcome.decoded.frames == count_frames((await narration_of(scene)).seconds, 15)
    assert isinstance(outcome.footage, Path)
    outcome.footage.unlink()
