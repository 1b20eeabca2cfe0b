"""Puts the composer together: the only place that knows its concrete parts."""

from __future__ import annotations

from lectern.composer.handlers import STAGE, Composer
from lectern.composer.measures import Measures
from lectern.composer.settings import ComposerSettings
from lectern.worker import Deps, Service


def build(settings: ComposerSettings | None, deps: Deps) -> Service:
    """The composer as a service."""
    settings = settings or ComposerSettings()
    composer = Composer(
        measures=Measures(deps.registry), audio_bitrate=settings.audio_bitrate, transfers=settings.transfers
    )
    return Service(name="composer", infra=deps, settings=settings, stage=STAGE, deps=composer)
