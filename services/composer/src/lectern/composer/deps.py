"""The composer's dependencies."""

from __future__ import annotations

import msgspec

from lectern.composer.metrics import ComposerMetrics


class ComposerDeps(msgspec.Struct, frozen=True, kw_only=True):
    """`audio_bitrate` is AAC's, as ffmpeg writes it; `transfers` objects move to or from the store at once."""

    metrics: ComposerMetrics
    audio_bitrate: str = "192k"
    transfers: int = 8
