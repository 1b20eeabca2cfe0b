"""No test waits before a retry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from lectern.voice import flac


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture
def rough_loudness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the loudness of narrations uncorrected, which saves most of their time."""
    monkeypatch.setattr(flac, "MAX_ENCODINGS", 1)
