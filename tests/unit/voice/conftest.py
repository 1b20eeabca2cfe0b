"""Patience in hundredths of a second: what is tried again is tried again at once."""

from __future__ import annotations

import pytest

from lectern.voice import provider


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "DELAY", 0.01)
    monkeypatch.setattr(provider, "LONGEST_DELAY", 0.02)
