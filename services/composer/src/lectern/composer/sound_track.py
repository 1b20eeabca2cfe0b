"""What lies under the voice: music, and soft sounds where things happen. One file, exact to the sample."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lectern.composer.background_music import prepare_music
from lectern.composer.inputs import VideoInputs
from lectern.composer.soft_sounds import make_sounds
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import AUDIO_RATE
from lectern.contracts.sounds import SoundCue
from lectern.worker import ObjectStore

_SILENCE = "sounds.pcm"
_BYTES_PER_SAMPLE = 4  # 16 bits for each of two channels


async def prepare_sound_track(options: VideoOptions, store: ObjectStore, inputs: VideoInputs) -> str | None:
    """Writes what is heard beside the voice to a file in the inputs' folder, and returns its name.

    The format is `build_sound_command`'s. None where there is neither music nor a sound. Raises Permanent for music
    that is missing or cannot be used.
    """
    music = await prepare_music(options.music_key, store, inputs)
    cues = place_cues(inputs) if options.sounds == "on" else []
    if not cues:
        return music
    track = inputs.folder / (music or _SILENCE)
    samples = inputs.timeline.samples(inputs.timeline.frames)
    await asyncio.to_thread(add_sounds, track, cues, samples=samples)
    return track.name


def place_cues(inputs: VideoInputs) -> list[SoundCue]:
    """The sounds of all scenes, in seconds from the start of the video."""
    fps = inputs.timeline.fps
    return [
        SoundCue(at=span.start / fps + cue.at, sound=cue.sound)
        for span, sounds in zip(inputs.timeline.spans, inputs.sounds, strict=True)
        for cue in sounds.cues
        if cue.at < span.frames / fps
    ]


def add_sounds(track: Path, cues: Sequence[SoundCue], *, samples: int) -> None:
    """Adds sounds to a track of `samples` samples of 16-bit stereo at 48 kHz; one that does not exist is silent."""
    with track.open("ab") as file:
        file.truncate(samples * _BYTES_PER_SAMPLE)  # sparse where nothing is written
    made = {name: np.rint(sound * 32767.0).astype(np.int32)[:, None] for name, sound in make_sounds().items()}
    heard = np.memmap(track, "<i2", "r+", shape=(samples, 2))
    for cue in cues:
        start = min(round(cue.at * AUDIO_RATE), samples)
        sound = made[cue.sound][: samples - start]
        place = heard[start : start + len(sound)]
        place[:] = (place.astype(np.int32) + sound).clip(-32768, 32767).astype("<i2")
    heard.flush()
