"""One arena for the whole suite: its pool must survive every scene in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile.arena import Arena


@pytest.fixture(scope="session")
def arena() -> Iterator[Arena]:
    arena = Arena()
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def honest(arena: Arena) -> str:
    """The digest of the honest scene's footage before any hostile scene ran."""
    return arena.honest_digest()
