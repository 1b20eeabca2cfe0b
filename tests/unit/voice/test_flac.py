"""Narration is encoded at the target loudness, not a sample longer or shorter than laid out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from standins.reading import read_aloud

from lectern.contracts.quality import AUDIO_RATE
from lectern.media import FLAC, FfmpegCommand, MediaInput, input_args, measure_loudness, run_ffmpeg
from lectern.voice.flac import write_flac

TEXT = (
    "Every leaf is a tiny factory that runs on light. It takes in water, and about 1,000 molecules of CO2 every second! "
    "Sugar stays; oxygen leaves, and we breathe it."
)


async def read_samples(path: Path) -> np.ndarray:
    raw = path.with_suffix(".raw")
    flac = input_args(MediaInput(path=path.name, kind=FLAC))
    command = FfmpegCommand(args=(*flac, "-f", "s16le", raw.name), writes=(raw.name,))
    await run_ffmpeg(command, folder=path.parent, timeout=120)
    return np.fromfile(raw, dtype="<i2")


@pytest.mark.slow
@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01])
async def test_speech_has_the_target_loudness_and_never_clips(gain: float, tmp_path: Path) -> None:
    passage = await read_aloud(TEXT)
    samples = round(passage.seconds * AUDIO_RATE)
    quieter = (passage.samples * gain).astype(np.int16)
    await write_flac(quieter, passage.rate, samples, tmp_path / "n.flac")
    loudness = await measure_loudness(tmp_path / "n.flac", FLAC, timeout=30, dual_mono=True)
    assert loudness.integrated == pytest.approx(-14, abs=1.0)
    flac = input_args(MediaInput(path="n.flac", kind=FLAC))
    command = FfmpegCommand(args=(*flac, "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"))
    log = await run_ffmpeg(command, folder=tmp_path, timeout=120)
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", log)[-1])
    assert peak < -1.0


@pytest.mark.parametrize("level", [True, False])
@pytest.mark.parametrize("extra", [-1001, 1001])
@pytest.mark.usefixtures("rough_loudness")
async def test_the_file_has_exactly_the_samples_wanted(level: bool, extra: int, tmp_path: Path) -> None:
    passage = await read_aloud("A leaf.")
    samples = round(passage.seconds * AUDIO_RATE) + extra
    await write_flac(passage.samples, passage.rate, samples, tmp_path / "n.flac", level=level)
    assert len(await read_samples(tmp_path / "n.flac")) == samples
    assert not (tmp_path / "n.pcm").exists()


@pytest.mark.parametrize("seconds", [0.05, 1.0])
async def test_sound_too_short_or_quiet_to_measure_is_not_amplified(seconds: float, tmp_path: Path) -> None:
    hum = np.rint(3 * np.sin(np.arange(round(seconds * 22_050)) / 20)).astype(np.int16)
    await write_flac(hum, 22_050, round(seconds * AUDIO_RATE), tmp_path / "n.flac")
    assert np.abs(await read_samples(tmp_path / "n.flac")).max() < 50
