"""An engine of the bundled table, set up to talk to a stand-in."""

from __future__ import annotations

import msgspec

from lectern.voice.app import build_engine
from lectern.voice.settings import VoiceSettings
from lectern.voice.speech import SpeechEngine
from lectern.voice.table import load_engines


def remote_engine(name: str, *, timeout: float = 5.0, **settings: object) -> SpeechEngine:
    """The engine of row `name`, with a shorter timeout in seconds for each request."""
    row = load_engines()[name]
    assert row.requests is not None
    limits = msgspec.structs.replace(row.requests, timeout=timeout)
    return build_engine(msgspec.structs.replace(row, requests=limits), VoiceSettings(**settings))  # type: ignore[arg-type]
