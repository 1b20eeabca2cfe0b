"""The bundled lessons: each scene runs in the sandbox, in step with its voice; shape and theme change with the scene."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from unit.lessons.measuring import LOOKS, find_faults, narration_of, run

from lectern.contracts.options import VideoOptions
from lectern.lessons import Lesson, load_lessons
from lectern.markdown import parse
from lectern.renderer.job_settings import count_frames
from lectern.renderer.pool import WarmPool

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LESSONS = load_lessons()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=2)
    await pool.start()
    yield pool
    await pool.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_a_lesson_lasts_between_forty_seconds_and_two_minutes(lesson: Lesson) -> None:
    scenes = parse(lesson.text).scenes
    seconds = sum([(await narration_of(scene)).seconds for scene in scenes])
    assert 40 <= seconds <= 120


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_no_scene_has_an_error_finding(pool: WarmPool, lesson: Lesson) -> None:
    script, first = parse(lesson.text), LESSONS.index(lesson)
    for number in range(1, len(script.scenes) + 1):
        options = LOOKS[(first + number) % len(LOOKS)]  # `make lessons` looks at all of them
        faults = await find_faults(pool, script, number, options)
        assert not [fault for fault in faults if fault.startswith("error")], faults


@pytest.mark.parametrize("lesson", LESSONS[::4], ids=lambda lesson: lesson.name)
async def test_footage_has_exactly_as_many_frames_as_the_narration_needs(pool: WarmPool, lesson: Lesson) -> None:
    script = parse(lesson.text)
    scene = script.scene(1)
    outcome = await run(pool, script, 1, VideoOptions(quality="draft"), "render")
    assert outcome.ok, outcome.reason
    assert outcome.decoded is not None
    assert outcome.decoded.frames == count_frames((await narration_of(scene)).seconds, 15)
    assert isinstance(outcome.footage, Path)
    outcome.footage.unlink()
