"""The voice service's settings."""

from __future__ import annotations

from lectern.worker import Settings


class VoiceSettings(Settings):
    """Nothing of its own beyond what every service has."""
