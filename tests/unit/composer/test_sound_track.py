"""Soft sounds are heard where things happen, far below the voice, and leave nothing else changed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from unit.composer.sample_inputs import RATE, SampleScene, make_inputs

from lectern.composer.inputs import VideoInputs
from lectern.composer.soft_sounds import make_sounds
from lectern.composer.sound_track import add_sounds, place_cues, prepare_sound_track
from lectern.contracts.options import VideoOptions
from lectern.contracts.sounds import SOUND_NAMES, SceneSounds, SoundCue
from lectern.worker.testing import MemoryObjectStore

Samples = npt.NDArray[np.int16]


def read_track(path: Path) -> Samples:
    return np.fromfile(path, "<i2").reshape(-1, 2)


def measure_momentary(sound: npt.NDArray[np.float64]) -> float:
    """The loudest 400 ms in LUFS, as ITU-R BS.1770 weighs it."""
    padded = np.concatenate([np.zeros(RATE // 2), sound, np.zeros(RATE)])
    stereo = np.repeat(np.rint(padded * 32767).astype("<i2")[:, None], 2, axis=1)
    measuring = "ebur128=metadata=1,ametadata=mode=print:file=-"
    argv = ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", "-", "-af", measuring]
    report = subprocess.run([*argv, "-f", "null", "-"], input=stereo.tobytes(), check=True, capture_output=True).stdout
    return max(float(value) for value in re.findall(rb"r128\.M=(\S+)", report))


@pytest.mark.parametrize("name", SOUND_NAMES)
def test_every_sound_is_soft_short_and_begins_and_ends_in_silence(name: str) -> None:
    sound = make_sounds()[name]  # type: ignore[index]
    assert len(sound) / RATE <= 1.2
    assert np.abs(sound[[0, -1]]).max() < 1e-4
    assert np.abs(sound).max() < 10 ** (-12 / 20)
    assert np.abs(np.diff(sound)).max() < 0.1, "a step would be a click"


@pytest.mark.slow
@pytest.mark.parametrize("name", SOUND_NAMES)
def test_every_sound_has_about_minus_30_lufs(name: str) -> None:
    assert measure_momentary(make_sounds()[name]) == pytest.approx(-30.5, abs=2.5)  # type: ignore[index]


def test_sounds_are_the_same_every_time_and_differ_from_each_other() -> None:
    once, again = make_sounds(), make_sounds()
    assert all(np.array_equal(once[name], again[name]) for name in once)
    brightness = {name: spectral_centre(sound) for name, sound in once.items()}
    assert brightness["draw"] > 2500 > brightness["swish"] > brightness["chime"] > brightness["pop"]


def spectral_centre(sound: npt.NDArray[np.float64]) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((np.fft.rfftfreq(len(sound), 1 / RATE) * power).sum() / power.sum())


def two_scenes(folder: Path) -> VideoInputs:
    """Two scenes of two seconds, with a sound in each."""
    inputs = make_inputs(folder, [SampleScene(frames=60)] * 2)
    first = SceneSounds(cues=(SoundCue(at=0.5, sound="pop"), SoundCue(at=7.0, sound="pop")))
    second = SceneSounds(cues=(SoundCue(at=1.0, sound="tick"),))
    return msgspec.structs.replace(inputs, sounds=(first, second))


def test_a_scenes_sounds_are_placed_in_the_video_and_none_after_its_end(tmp_path: Path) -> None:
    assert [(cue.at, cue.sound) for cue in place_cues(two_scenes(tmp_path))] == [(0.5, "pop"), (3.0, "tick")]


async def test_a_video_with_sounds_and_no_music_is_silent_but_for_them(tmp_path: Path) -> None:
    name = await prepare_sound_track(VideoOptions(), MemoryObjectStore(), two_scenes(tmp_path))
    assert name is not None
    track = read_track(tmp_path / name)
    assert len(track) == 4 * RATE
    loud = np.flatnonzero(np.abs(track).max(axis=1) > 30) / RATE
    assert loud.min() == pytest.approx(0.5, abs=0.01)
    assert loud.max() == pytest.approx(3.05, abs=0.05)
    assert not track[RATE : round(2.9 * RATE)].any()


async def test_sounds_can_be_turned_off(tmp_path: Path) -> None:
    assert await prepare_sound_track(VideoOptions(sounds="off"), MemoryObjectStore(), two_scenes(tmp_path)) is None


async def test_sounds_are_added_to_the_music(tmp_path: Path) -> None:
    inputs, store = two_scenes(tmp_path), MemoryObjectStore()
    tracks = []
    for sounds in ("off", "on"):
        options = VideoOptions(music_key="bundled:calm", sounds=sounds)
        assert await prepare_sound_track(options, store, inputs) == "music.pcm"
        tracks.append(read_track(tmp_path / "music.pcm").astype(int))
    difference = np.abs(tracks[1] - tracks[0])
    assert difference[round(0.5 * RATE) : round(0.6 * RATE)].max() > 1000
    assert not difference[: round(0.49 * RATE)].any()


def test_a_sound_at_the_very_end_is_cut_and_a_loud_place_does_not_overflow(tmp_path: Path) -> None:
    full = np.full((RATE, 2), 32_700, "<i2")
    (tmp_path / "track").write_bytes(full.tobytes())
    add_sounds(tmp_path / "track", [SoundCue(at=0.2, sound="pop"), SoundCue(at=0.99, sound="chime")], samples=RATE)
    track = read_track(tmp_path / "track")
    assert len(track) == RATE
    assert track.max() == 32_767
    assert track.min() > 0
