"""Builds the voice service: the one place that knows which engines there are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.engines.piper import PiperEngine, piper_voices
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.handlers import STAGE, VoiceDeps
from lectern.voice.requests import responder
from lectern.voice.settings import VoiceSettings
from lectern.voice.speech import Engine
from lectern.voice.voices import Voice, load_voices
from lectern.worker import Connections, Service

LAST = ("espeak", "silent")  # engines whose voices stand behind those that are set up


def build(settings: VoiceSettings | None, connections: Connections) -> Service:
    """The voice service with every engine that is set up."""
    settings = settings or VoiceSettings()
    engines = build_engines(settings)
    adapters = VoiceDeps(
        engines={engine.name: engine for engine in engines},
        voices=offered(engines, load_voices(settings.voice_table), piper_voices(settings.piper_voices)),
        reader=next((engine for engine in engines if engine.name == "espeak"), None),
    )
    open_things = AsyncExitStack()

    async def start() -> None:
        for engine in engines:
            open_things.push_async_callback(engine.close)

    return Service(
        name="voice",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=adapters,
        responders=(responder(adapters.voices),),
        start=start,
        close=open_things.aclose,
    )


def build_engines(settings: VoiceSettings) -> tuple[Engine, ...]:
    """Those that are set up. Client libraries are imported when they are needed: each takes a second."""
    engines: list[Engine] = [EspeakEngine(), SilentEngine()]
    if settings.speaks_google():
        from lectern.voice.engines.google import GoogleEngine

        key = settings.google_tts_api_key.get_secret_value()
        engines.append(GoogleEngine(api_key=key, url=settings.google_tts_url))
    if (key := settings.gemini_api_key.get_secret_value()) and settings.gemini_tts:
        from lectern.voice.engines.gemini import GeminiEngine

        engines.append(GeminiEngine(key, url=settings.gemini_url))
    if key := settings.elevenlabs_api_key.get_secret_value():
        from lectern.voice.engines.elevenlabs import ElevenLabsEngine

        engines.append(ElevenLabsEngine(key, url=settings.elevenlabs_url))
    if piper_voices(settings.piper_voices):
        engines.append(PiperEngine())
    return tuple(engines)


def offered(engines: Sequence[Engine], table: Sequence[Voice], local: Sequence[Voice]) -> tuple[Voice, ...]:
    """The voices of these engines in the table's order; those of this machine's models stand before espeak's."""
    names = {engine.name for engine in engines}
    voices = [voice for voice in table if voice.engine in names]
    first = [voice for voice in voices if voice.engine not in LAST]
    return (*first, *local, *(voice for voice in voices if voice.engine in LAST))
