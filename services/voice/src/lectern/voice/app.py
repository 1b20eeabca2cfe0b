"""Builds the voice service: the one place that knows which engines there are."""

from __future__ import annotations

from contextlib import AsyncExitStack

from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.handlers import STAGE, VoiceDeps
from lectern.voice.responder import respond
from lectern.voice.settings import VoiceSettings
from lectern.voice.speech import Engine
from lectern.worker import Deps, Service


def build(settings: VoiceSettings | None, deps: Deps) -> Service:
    """The voice service with every engine that needs no key."""
    engines: tuple[Engine, ...] = (EspeakEngine(), SilentEngine())
    adapters = VoiceDeps(engines={engine.name: engine for engine in engines})
    open_things = AsyncExitStack()

    async def start() -> None:
        subscription = await respond(deps.nats, adapters.voices)
        open_things.push_async_callback(subscription.drain)

    return Service(
        name="voice",
        infra=deps,
        settings=settings or VoiceSettings(),
        stage=STAGE,
        deps=adapters,
        start=start,
        close=open_things.aclose,
    )
