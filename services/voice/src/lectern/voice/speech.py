"""Spoken sound, and the engines that speak."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from lectern.contracts.narration import Timing
from lectern.contracts.usage import Usage
from lectern.voice.voices import Voice

Samples = npt.NDArray[np.int16]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The start of a word: at `offset` characters of the passage's text, `seconds` into the passage's sound."""

    offset: int
    seconds: float


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A spoken text: mono samples at `rate` Hz, and a mark for each word if the engine reports them."""

    samples: Samples
    rate: int
    marks: tuple[Mark, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """A spoken scene, one passage per beat. `silent` sound is not normalised in loudness."""

    passages: tuple[Passage, ...]
    timing: Timing
    silent: bool = False
    spent: tuple[Usage, ...] = ()


class SpeechEngine(Protocol):
    """Speaks scenes. `version` is part of every narration's key: raise it when the same input sounds different."""

    version: str

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Speaks each text as a passage. `language` is the script's; `rate` 1.0 is the voice's natural speed.

        Raises VoiceRefused when the voice or a text is refused, Transient when the engine is unavailable.
        """

    async def close(self) -> None:
        """Closes open connections."""


class SpeechRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a speech service. `before` and `after` are the neighbouring beats, for an even intonation."""

    text: str
    voice: Voice
    language: str
    rate: float
    before: str = ""
    after: str = ""


class SpeechService(Protocol):
    """A speech service on the network, one request at a time. `remote.RemoteEngine` makes an engine of it."""

    version: str

    def size(self, text: str, voice: Voice) -> int:
        """Measures `text` in the unit of the service's limit for one request, such as characters or bytes."""

    async def speak(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        """Sends one request and returns its sound and what it used; marks for every word, or none.

        Raises ProviderError when the service fails, ValueError when its answer cannot be used.
        """

    async def close(self) -> None:
        """Closes open connections."""
