"""Samples: reading, trimming, joining and resampling, without clicks."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.media import resample
from lectern.voice.speech import Mark, Passage, Samples

SILENCE_LEVEL = 200  # of 32768 (-44 dBFS): a voice below it is silent
_FADE_SECONDS = 0.02  # kept around speech, and faded
SENTENCE_PAUSE_SECONDS = 0.3  # between pieces of a text that had to be split


def read_wav(data: bytes) -> tuple[Samples, int]:
    """Samples and rate of mono or stereo 16-bit WAV, of stereo the left channel. Raises ValueError."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            if sound.getsampwidth() != 2 or sound.getnchannels() > 2:
                raise ValueError(f"{sound.getsampwidth() * 8}-bit sound in {sound.getnchannels()} channels")
            samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
            return samples[:: sound.getnchannels()], sound.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file ({error})") from error


def read_pcm(data: bytes) -> Samples:
    """Samples of mono little-endian 16-bit PCM. Raises ValueError for an odd number of bytes."""
    if len(data) % 2:
        raise ValueError("an odd number of bytes of 16-bit sound")
    return np.frombuffer(data, dtype="<i2")


def check_speech(passage: Passage, characters: int) -> None:
    """Raises ValueError for sound that cannot be so many characters spoken: none, silence, or far too long."""
    if not len(passage.samples):
        raise ValueError("no sound")
    if np.abs(passage.samples.astype(np.int32)).max() <= SILENCE_LEVEL:
        raise ValueError("nothing but silence")
    if passage.seconds > 5 + characters:
        raise ValueError(f"{passage.seconds:.0f} s of sound for {characters} characters")


def trim(passage: Passage) -> Passage:
    """Removes the silence before the first sound and after the last, and fades both ends; marks move along."""
    loud = np.flatnonzero(np.abs(passage.samples.astype(np.int32)) > SILENCE_LEVEL)
    if not loud.size:
        return passage
    margin = round(_FADE_SECONDS * passage.rate)
    first, last = max(0, int(loud[0]) - margin), min(len(passage.samples), int(loud[-1]) + 1 + margin)
    shift = first / passage.rate
    marks = tuple(Mark(offset=mark.offset, seconds=max(0.0, mark.seconds - shift)) for mark in passage.marks)
    return Passage(samples=fade(passage.samples[first:last], margin), rate=passage.rate, marks=marks)


def fade(samples: Samples, length: int) -> Samples:
    """Fades in over the first `length` samples and out over the last."""
    length = min(length, len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, length, endpoint=False)
    gain = np.ones(len(samples))
    gain[:length], gain[len(samples) - length :] = ramp, ramp[::-1]
    return np.rint(samples * gain).astype(np.int16)


def join(pieces: Sequence[tuple[int, Passage]]) -> Passage:
    """Joins pieces of one text, each with its offset in it: trimmed, at the first one's rate, with pauses between."""
    if len(pieces) == 1 and pieces[0][0] == 0:
        return pieces[0][1]
    rate = pieces[0][1].rate
    pause = np.zeros(round(SENTENCE_PAUSE_SECONDS * rate), dtype=np.int16)
    sounds: list[Samples] = []
    marks: list[Mark] = []
    at = 0
    for offset, passage in pieces:
        piece = trim(convert_rate(passage, rate))
        if sounds:
            sounds.append(pause)
            at += len(pause)
        marks += [Mark(offset=mark.offset + offset, seconds=mark.seconds + at / rate) for mark in piece.marks]
        sounds.append(piece.samples)
        at += len(piece.samples)
    return Passage(samples=np.concatenate(sounds), rate=rate, marks=tuple(marks))


def convert_rate(passage: Passage, rate: int) -> Passage:
    """Converts the passage to another rate in Hz."""
    if passage.rate == rate:
        return passage
    samples = resample(passage.samples, passage.rate, rate)
    return msgspec.structs.replace(passage, samples=samples, rate=rate)
