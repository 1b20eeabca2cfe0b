"""One pool for the whole suite: it must survive every scene."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile.monitored_pool import MonitoredPool


@pytest.fixture(scope="session")
def monitored() -> Iterator[MonitoredPool]:
    monitored = MonitoredPool()
    yield monitored
    monitored.close()


@pytest.fixture(scope="session")
def honest_digest(monitored: MonitoredPool) -> str:
    """The digest of the honest scene's footage before any hostile scene ran."""
    return monitored.render_honest_scene()
