"""`make lessons`: every scene of every bundled lesson, in all shapes, dark and light: the check has nothing to say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from unit.lessons.measuring import LOOKS, find_faults

from lectern.contracts.options import VideoOptions
from lectern.lessons import Lesson, load_lessons
from lectern.markdown import parse
from lectern.renderer.pool import WarmPool

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=2)
    await pool.start()
    yield pool
    await pool.close()


@pytest.mark.parametrize("options", LOOKS, ids=lambda options: f"{options.aspect}-{options.theme}")
@pytest.mark.parametrize("lesson", load_lessons(), ids=lambda lesson: lesson.name)
async def test_the_check_has_nothing_to_say(pool: WarmPool, lesson: Lesson, options: VideoOptions) -> None:
    script = parse(lesson.text)
    faults = [
        fault
        for number in range(1, len(script.scenes) + 1)
        for fault in await find_faults(pool, script, number, options)
    ]
    assert not faults, "\n".join(faults)
