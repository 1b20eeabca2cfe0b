"""What an engine says: sound, and when each word of each passage begins."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from lectern.contracts.narration import Timing
from lectern.contracts.usage import Spent

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


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """A scene as spoken, one passage a beat. `silent` sound is not made louder."""

    passages: tuple[Passage, ...]
    timing: Timing
    silent: bool = False
    spent: tuple[Spent, ...] = ()


class Engine(Protocol):
    """Speaks texts with a voice."""

    name: str
    version: str

    async def speak(self, texts: tuple[str, ...], voice: str, language: str, rate: float) -> Speech:
        """Each text as a passage. `voice` is the engine's own name for it; `rate` 1.0 is its natural speed.

        Raises Permanent when the voice or text is refused, Transient when the engine is away.
        """
