"""What an engine says: sound, and when each word of each passage begins."""

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
    """A word begins: at `offset` characters of the passage's text, `seconds` into the passage's sound."""

    offset: int
    seconds: float


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One beat as spoken: mono samples, and marks where the engine gives any."""

    samples: Samples
    rate: int
    marks: tuple[Mark, ...] = ()

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """A scene as spoken, one passage a beat. `silent` sound is not made louder."""

    passages: tuple[Passage, ...]
    timing: Timing
    silent: bool = False
    spent: tuple[Usage, ...] = ()


class Engine(Protocol):
    """Speaks texts with a voice. `version` is part of every narration's key."""

    name: str
    version: str

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Each text as a passage. `language` is the script's; `rate` 1.0 is the voice's natural speed.

        Raises Permanent when the voice or text is refused, Transient when the engine is away.
        """

    async def close(self) -> None:
        """Closes what it holds open."""
