"""Dependencies of the voice service's handlers."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field

from cachetools import LRUCache

from lectern.voice.metrics import VoiceMetrics
from lectern.voice.speech import Speech, SpeechEngine
from lectern.voice.voices import Voice
from lectern.worker import KeyClaims, KeyLocks, Meter

MAX_UNSTORED = 32  # scenes, about a megabyte each


@dataclass(frozen=True, kw_only=True)
class VoiceDeps:
    """The enabled engines by name, and their voices, best first.

    `reference` names the engine whose reading times the words of voices that report no times. `unstored` keeps spoken
    scenes, by the digest of their narration, until they are stored; `speaking` are those that are being spoken,
    `claims` those that some process is paying for.
    """

    engines: Mapping[str, SpeechEngine]
    voices: tuple[Voice, ...]
    respelt: frozenset[str] = frozenset()
    reference: str = ""
    metrics: VoiceMetrics = field(default_factory=lambda: VoiceMetrics(Meter()))
    unstored: MutableMapping[str, Speech] = field(default_factory=lambda: LRUCache(MAX_UNSTORED))
    speaking: KeyLocks = field(default_factory=KeyLocks)
    claims: KeyClaims = field(default_factory=KeyClaims)
