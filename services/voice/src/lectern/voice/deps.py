"""Dependencies of the voice service's handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lectern.voice.speech import SpeechEngine
from lectern.voice.voices import Voice


@dataclass(frozen=True, kw_only=True)
class VoiceDeps:
    """The enabled engines by name, and their voices, best first.

    `reference` names the engine whose reading times the words of voices that report no times.
    """

    engines: Mapping[str, SpeechEngine]
    voices: tuple[Voice, ...]
    reference: str = ""
