"""A coder with a stand-in model: on a made-up preflight, or on the real one in a sandbox shared by a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from standins.gemini import gemini
from unit.coder.codegen.rig import CoderRig, preflight_in

from lectern.renderer.pool import WarmPool


@pytest.fixture
async def rig() -> AsyncIterator[CoderRig]:
    async with gemini() as script:
        rig = CoderRig(script)
        yield rig
        await rig.model_client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=1, latex=False)
    await pool.start()
    yield pool
    await pool.close()


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox_rig(pool: WarmPool) -> AsyncIterator[CoderRig]:
    async with gemini() as script:
        rig = CoderRig(script, preflight_in(pool))
        yield rig
        await rig.model_client.close()
