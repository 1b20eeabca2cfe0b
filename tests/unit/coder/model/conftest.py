"""One sandbox for all tests of a module, and a coder on a stand-in for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from standins.gemini import gemini
from unit.coder.model.desk import Desk

from lectern.renderer.pool import WarmPool


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path_factory.mktemp("pool"), slots=1)
    await pool.start()
    yield pool
    await pool.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(pool: WarmPool) -> AsyncIterator[Desk]:
    async with gemini() as script:
        made = Desk(script, pool)
        yield made
        await made.model_client.close()
