"""What stand-ins for voice services say: espeak-ng reading the text, so that when each word is said is known."""

from __future__ import annotations

import io
import wave

from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.speech import Passage
from lectern.voice.voices import Voice

RATE = 22_050  # espeak-ng's


async def read_aloud(text: str, rate: float = 1.0) -> Passage:
    """The text in a Scottish voice, which no test asks for by itself."""
    voice = Voice(id="standin", language="en-GB", gender="male", engine="espeak", name="en-gb-scotland")
    return (await EspeakEngine().speak((text,), voice, "en", rate)).passages[0]


def wav(passage: Passage) -> bytes:
    """The passage as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(passage.rate)
        sound.writeframes(passage.samples.astype("<i2").tobytes())
    return file.getvalue()
