"""Synthesises the bundled background music: `python scripts/music.py [FOLDER]`. It contains no recordings or samples.

Each track is one loop of a chord progression, followed by its first two seconds again: players fade a track's end into
its beginning, and with the same sound on both sides the fade is inaudible.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 48_000
OVERLAP = 2.0  # seconds
PEAK = 0.5  # of full scale
BITRATE = "52k"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Chords as MIDI notes, root first. Each lasts `beats` beats at `tempo` beats per minute.

    `figure` is an arpeggio: indices into the chord, one per half beat; None is a rest.
    """

    name: str
    tempo: float
    beats: int
    chords: Sequence[Sequence[int]]
    figure: Sequence[int | None]
    bright: float
    pluck: float
    seed: int


CALM = Piece(
    name="calm",
    tempo=66,
    beats=4,
    # D major: Dmaj9, Bm11, Gmaj7, A6sus4; then Em9, Gmaj7, Dadd9/F#, Asus2
    chords=[
        (38, 57, 61, 64, 66),
        (35, 57, 59, 62, 66),
        (43, 54, 59, 62, 66),
        (45, 54, 57, 62, 64),
        (40, 55, 59, 62, 66),
        (43, 54, 57, 59, 62),
        (42, 57, 62, 64, 69),
        (45, 52, 57, 59, 64),
        (38, 57, 61, 64, 66),
        (35, 57, 59, 62, 66),
        (43, 54, 59, 62, 66),
        (45, 54, 57, 62, 64),
        (40, 55, 59, 62, 66),
        (43, 54, 57, 59, 62),
        (45, 55, 59, 62, 64),
        (45, 52, 57, 61, 64),
    ],
    figure=[None, 0, None, 2, None, 1, 3, None],
    bright=0.35,
    pluck=0.45,
    seed=7,
)
CURIOUS = Piece(
    name="curious",
    tempo=92,
    beats=4,
    # A minor leaning to C: Am9, Fmaj9, Cmaj7, G6; Am9, Fmaj9, Dm9, E7sus4
    chords=[
        (45, 60, 64, 67, 71),
        (41, 60, 64, 67, 69),
        (36, 59, 64, 67, 71),
        (43, 59, 62, 64, 67),
        (45, 60, 64, 67, 71),
        (41, 60, 64, 67, 69),
        (38, 60, 64, 65, 69),
        (40, 57, 62, 64, 71),
        (41, 60, 64, 67, 69),
        (43, 59, 62, 64, 69),
        (45, 60, 64, 67, 71),
        (36, 60, 64, 67, 71),
        (41, 60, 64, 67, 69),
        (38, 60, 64, 65, 69),
        (43, 60, 62, 65, 69),
        (43, 59, 62, 65, 69),
    ],
    figure=[0, 2, 1, 3, 2, 1, 3, 2],
    bright=0.55,
    pluck=0.70,
    seed=11,
)


def hertz(note: float) -> float:
    """The pitch of a MIDI note."""
    return 440.0 * 2 ** ((note - 69) / 12)


def pad(note: int, seconds: float, bright: float, phase: float) -> Floats:
    """A soft, slowly swelling tone whose sides are detuned by a few cents; (samples, 2)."""
    t = np.arange(int(seconds * RATE)) / RATE
    attack, release = 1.4, 2.2
    envelope = np.minimum(1, t / attack) * np.minimum(1, (seconds - t) / release)
    envelope = np.sin(envelope * np.pi / 2) ** 2
    sides = []
    for cents in (-4.0, 4.0):
        base = hertz(note + cents / 100)
        tone = np.zeros_like(t)
        for harmonic in range(1, 7):
            swell = 1 + 0.3 * np.sin(2 * np.pi * (0.07 + 0.03 * harmonic) * t + phase * harmonic)
            tone += swell * bright ** (harmonic - 1) / harmonic * np.sin(2 * np.pi * base * harmonic * t + phase)
        sides.append(tone)
    return np.stack(sides, axis=1) * envelope[:, None]


def pluck(note: int, strength: float, pan: float) -> Floats:
    """A note like a felt piano's that decays within three seconds; (samples, 2)."""
    seconds = 3.2
    t = np.arange(int(seconds * RATE)) / RATE
    tone = np.zeros_like(t)
    for harmonic, share in enumerate((1.0, 0.42, 0.16, 0.07, 0.03), start=1):
        stretched = (
            hertz(note) * harmonic * (1 + 0.0004 * harmonic**2)
        )  # the overtones of real strings are slightly sharp
        tone += share * np.exp(-t * (1.1 + 0.9 * harmonic)) * np.sin(2 * np.pi * stretched * t)
    tone *= np.minimum(1, t / 0.006) * np.minimum(1, (seconds - t) / 0.3)
    left, right = np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)
    return np.stack([tone * left, tone * right], axis=1) * strength


def bass(note: int, seconds: float) -> Floats:
    """A round low tone; (samples, 2)."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * hertz(note) * t) + 0.25 * np.sin(4 * np.pi * hertz(note) * t)
    tone *= np.minimum(1, t / 0.15) * np.minimum(1, (seconds - t) / 0.6) * np.exp(-0.25 * t)
    return np.stack([tone, tone], axis=1)


def add_sound(loop: Floats, sound: Floats, at: float, level: float) -> None:
    """Adds a sound to a loop, in seconds from its start; the part beyond the loop's end wraps around."""
    places = (int(at * RATE) + np.arange(len(sound))) % len(loop)
    np.add.at(loop, places, sound * level)


def add_reverb(loop: Floats, rng: np.random.Generator) -> Floats:
    """Adds the reverb of a small hall by circular convolution, so that it also wraps around."""
    t = np.arange(int(2.4 * RATE)) / RATE
    sides = []
    for side in range(2):
        noise = rng.standard_normal(len(t)) * np.exp(-t * 3.2) * np.minimum(1, t / 0.02)
        spectrum = np.fft.rfft(noise, len(loop))
        darker = 1 / (1 + (np.fft.rfftfreq(len(loop), 1 / RATE) / 2600) ** 2)
        echo = np.fft.irfft(np.fft.rfft(loop[:, side]) * spectrum * darker, len(loop))
        sides.append(echo)
    wet = np.stack(sides, axis=1)
    return loop + wet * (0.35 * np.sqrt((loop**2).mean() / (wet**2).mean()))


def compose(piece: Piece) -> Floats:
    """The loop of a piece, (samples, 2), between -1 and 1."""
    rng = np.random.default_rng(piece.seed)
    beat = 60 / piece.tempo
    bar = piece.beats * beat
    loop = np.zeros((round(bar * len(piece.chords) * RATE), 2))
    for number, (root, *chord) in enumerate(piece.chords):
        start = number * bar
        add_sound(loop, bass(root, bar * 1.02), start, 0.16)
        for note in chord:
            add_sound(loop, pad(note, bar + 2.2, piece.bright, rng.uniform(0, 6.28)), start - 0.4, 0.075)
        for step, index in enumerate(piece.figure):
            if index is None or (number % 4 == 3 and step > 5):
                continue  # a rest at the end of each phrase
            strength = rng.uniform(0.7, 1.0) * (1.15 if step % 4 == 0 else 0.85)
            late = rng.uniform(0, 0.012)  # human timing
            note = chord[index] + 12
            tone = pluck(note, strength, rng.uniform(-0.5, 0.5))
            add_sound(loop, tone, start + step * beat / 2 + late, 0.16 * piece.pluck)
    loop = add_reverb(loop, rng)
    # Remove rumble and hiss, below about 60 Hz and above about 9 kHz.
    spectrum, pitches = np.fft.rfft(loop, axis=0), np.fft.rfftfreq(len(loop), 1 / RATE)
    gain = 1 / (1 + (45 / np.maximum(pitches, 1)) ** 6) / (1 + (pitches / 9000) ** 4)
    loop = np.fft.irfft(spectrum * gain[:, None], len(loop), axis=0)
    return loop / np.abs(loop).max() * PEAK


def write(piece: Piece, folder: Path) -> Path:
    """Writes a piece as Opus and returns its file."""
    loop = compose(piece)
    track = np.concatenate([loop, loop[: int(OVERLAP * RATE)]])
    path = folder / f"{piece.name}.opus"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "-", "-c:a", "libopus"]
    argv += ["-b:a", BITRATE, "-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
    subprocess.run(argv, input=track.astype("<f4").tobytes(), check=True)
    return path


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "services/composer/src/lectern/composer/music"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    for piece in (CALM, CURIOUS):
        track = write(piece, folder)
        sys.stdout.write(f"{track} {track.stat().st_size // 1000} kB\n")
