"""Builds the voice service with the engines of the table that are enabled."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from contextlib import AsyncExitStack

from lectern.voice.deps import VoiceDeps
from lectern.voice.handlers import STAGE
from lectern.voice.metrics import VoiceMetrics
from lectern.voice.remote import RemoteEngine
from lectern.voice.requests import responder
from lectern.voice.settings import VoiceSettings
from lectern.voice.speech import SpeechEngine
from lectern.voice.table import EngineRow, load_engines, load_voices
from lectern.voice.voices import Voice
from lectern.worker import Connections, KeyClaims, Meter, Service


def build(settings: VoiceSettings | None, connections: Connections) -> Service:
    """The voice service with every enabled engine."""
    settings = settings or VoiceSettings()
    deps = build_deps(settings, connections.meter, connections.claims)
    engines_to_close = AsyncExitStack()

    async def start() -> None:
        for engine in deps.engines.values():
            engines_to_close.push_async_callback(engine.close)

    return Service(
        name="voice",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=deps,
        responders=(responder(deps.voices),),
        start=start,
        close=engines_to_close.aclose,
    )


def build_deps(settings: VoiceSettings, meter: Meter | None = None, claims: KeyClaims | None = None) -> VoiceDeps:
    """The enabled engines and their voices. `claims` are shared with the other replicas."""
    metrics = VoiceMetrics(meter or Meter())
    rows = {
        name: row
        for name, row in load_engines(settings.voice_table).items()
        if all(getattr(settings, setting) for setting in row.enabled_by)
    }
    return VoiceDeps(
        engines={name: build_engine(row, settings, name, metrics) for name, row in rows.items()},
        voices=list_enabled_voices(rows, settings),
        metrics=metrics,
        claims=claims or KeyClaims(),
        respelt=frozenset(name for name, row in rows.items() if row.respelt),
        reference=next((name for name, row in rows.items() if row.reference), ""),
    )


def build_engine(
    row: EngineRow, settings: VoiceSettings, name: str = "", metrics: VoiceMetrics | None = None
) -> SpeechEngine:
    """The engine of a row. Its module is imported only now: a client library takes a second."""
    engine_class = pkgutil.resolve_name(row.path)
    if row.requests:
        return RemoteEngine(engine_class(settings), row.requests, name, metrics)
    engine: SpeechEngine = engine_class()
    return engine


def list_enabled_voices(rows: Mapping[str, EngineRow], settings: VoiceSettings) -> tuple[Voice, ...]:
    """The table's voices of these engines, then those found on this machine, then those of fallback engines."""
    listed = [voice for voice in load_voices(settings.voice_table) if voice.engine in rows]
    found = [
        voice for row in rows.values() if row.voices_path for voice in pkgutil.resolve_name(row.voices_path)(settings)
    ]
    return tuple(sorted((*listed, *found), key=lambda voice: rows[voice.engine].fallback))
