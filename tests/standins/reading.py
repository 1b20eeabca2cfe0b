"""The sound of stand-ins for speech services: espeak-ng reads the text, so that the times of its words are known."""

from __future__ import annotations

import io
import wave

from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.speech import Passage
from lectern.voice.voices import Voice

RATE = 22_050  # espeak-ng's
_VOICE = Voice(id="standin", language="en-GB", gender="male", engine="espeak", name="en-gb-scotland")
_READ: dict[tuple[str, float], Passage] = {}  # a process for each reading would be most of a test's time


async def read_aloud(text: str, rate: float = 1.0) -> Passage:
    """The text in a Scottish voice, which no test selects otherwise."""
    if (text, rate) not in _READ:
        _READ[text, rate] = (await EspeakEngine().speak((text,), _VOICE, "en", rate)).passages[0]
    return _READ[text, rate]


def wav(passage: Passage) -> bytes:
    """The passage as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(passage.rate)
        sound.writeframes(passage.samples.astype("<i2").tobytes())
    return file.getvalue()
