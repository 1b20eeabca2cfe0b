"""The composer's settings, in addition to those of every service."""

from __future__ import annotations

from pydantic import Field

from lectern.worker import Settings


class ComposerSettings(Settings):
    """Settings of the composer: encoding and storing finished videos."""

    audio_bitrate: str = Field("192k", pattern=r"^\d+k$", description="AAC bit rate of the finished video")
    transfers: int = Field(8, ge=1, description="number of objects read from or written to the store at once")
