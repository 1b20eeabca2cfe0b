"""Puts the composer together: the only place that knows its concrete parts."""

from __future__ import annotations

from lectern.composer.handlers import STAGE, Composer
from lectern.composer.measures import Measures
from lectern.composer.settings import ComposerSettings
from lectern.worker import Connections, Service


def build(settings: ComposerSettings | None, connections: Connections) -> Service:
    """The composer as a service."""
    settings = settings or ComposerSettings()
    composer = Composer(
        measures=Measures(connections.registry), audio_bitrate=settings.audio_bitrate, transfers=settings.transfers
    )
    return Service(name="composer", connections=connections, settings=settings, stage=STAGE, deps=composer)
