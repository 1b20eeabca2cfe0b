"""Samples: read, cut, joined and brought to a common rate, without clicks."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.voice.speech import Mark, Passage, Samples

QUIET = 200  # of 32768: below it (-44 dBFS) a voice is silent
_BREATH = 0.02  # seconds of sound kept around speech, in which it is faded
BETWEEN_SENTENCES = 0.3  # seconds between two pieces of a text that had to be spoken apart


def read_wav(data: bytes) -> tuple[Samples, int]:
    """Samples and rate of mono or stereo 16-bit WAV. Raises ValueError for anything else."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            if sound.getsampwidth() != 2 or sound.getnchannels() > 2:
                raise ValueError(f"{sound.getsampwidth() * 8}-bit sound in {sound.getnchannels()} channels")
            samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
            return samples[:: sound.getnchannels()], sound.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file ({error})") from error


def read_pcm(data: bytes) -> Samples:
    """Samples of mono little-endian 16-bit PCM. Raises ValueError for half a sample."""
    if len(data) % 2:
        raise ValueError("half a sample")
    return np.frombuffer(data, dtype="<i2")


def check_spoken(samples: Samples, rate: int, characters: int) -> None:
    """Raises ValueError for sound that cannot be those characters spoken: none, silence, or far too long."""
    seconds = len(samples) / rate
    if not len(samples):
        raise ValueError("no sound")
    if np.abs(samples.astype(np.int32)).max() <= QUIET:
        raise ValueError("nothing but silence")
    if seconds > 5 + characters:
        raise ValueError(f"{seconds:.0f} s of sound for {characters} characters")


def trimmed(passage: Passage) -> Passage:
    """The passage without silence before its first sound and after its last, both faded; marks move with it."""
    loud = np.flatnonzero(np.abs(passage.samples.astype(np.int32)) > QUIET)
    if not loud.size:
        return passage
    breath = round(_BREATH * passage.rate)
    first, last = max(0, int(loud[0]) - breath), min(len(passage.samples), int(loud[-1]) + 1 + breath)
    shift = first / passage.rate
    marks = tuple(Mark(offset=mark.offset, seconds=max(0.0, mark.seconds - shift)) for mark in passage.marks)
    return Passage(samples=faded(passage.samples[first:last], breath), rate=passage.rate, marks=marks)


def faded(samples: Samples, over: int) -> Samples:
    """The samples, rising from nothing and falling to nothing over `over` of them at either end."""
    over = min(over, len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, over, endpoint=False)
    shape = np.ones(len(samples))
    shape[:over], shape[len(samples) - over :] = ramp, ramp[::-1]
    return np.rint(samples * shape).astype(np.int16)


def joined(pieces: Sequence[tuple[int, Passage]]) -> Passage:
    """Passages that were one text, with the offset of each in it, as one: trimmed, with a pause between them."""
    if len(pieces) == 1 and pieces[0][0] == 0:
        return pieces[0][1]
    rate = pieces[0][1].rate
    pause = np.zeros(round(BETWEEN_SENTENCES * rate), dtype=np.int16)
    sounds: list[Samples] = []
    marks: list[Mark] = []
    at = 0
    for offset, passage in pieces:
        piece = trimmed(at_rate(passage, rate))
        if sounds:
            sounds.append(pause)
            at += len(pause)
        marks += [Mark(offset=mark.offset + offset, seconds=mark.seconds + at / rate) for mark in piece.marks]
        sounds.append(piece.samples)
        at += len(piece.samples)
    return Passage(samples=np.concatenate(sounds), rate=rate, marks=tuple(marks))


def at_rate(passage: Passage, rate: int) -> Passage:
    """The passage at another rate, band-limited (by the Fourier transform of the whole)."""
    if passage.rate == rate or not len(passage.samples):
        return msgspec.structs.replace(passage, rate=rate)
    wanted = round(len(passage.samples) * rate / passage.rate)
    spectrum = np.fft.rfft(passage.samples.astype(np.float64))
    sound = np.fft.irfft(spectrum, n=wanted) * (wanted / len(passage.samples))
    samples = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    return Passage(samples=samples, rate=rate, marks=passage.marks)
