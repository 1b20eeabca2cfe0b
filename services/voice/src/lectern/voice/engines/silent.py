"""No voice at all: silence as long as reading the text aloud would take."""

from __future__ import annotations

import numpy as np

from lectern.voice.speech import Passage, Speech
from lectern.voice.voices import Voice
from lectern.voice.word_times import speaking_weight

_RATE = 48_000
_SECONDS_PER_WEIGHT = 0.068  # gives 160 words a minute for ordinary English prose


class SilentEngine:
    """Times a scene by reading speed."""

    version = "1"

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """Makes a silent passage for each text."""
        passages = tuple(
            Passage(samples=np.zeros(round(_reading_seconds(text) / rate * _RATE), dtype=np.int16), rate=_RATE)
            for text in texts
        )
        return Speech(passages=passages, timing="estimated", silent=True)

    async def close(self) -> None:
        """Nothing is open."""


def _reading_seconds(text: str) -> float:
    return max(0.3, _SECONDS_PER_WEIGHT * sum(map(speaking_weight, text.split())))
