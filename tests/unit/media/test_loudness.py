"""Loudness is measured as EBU R128 defines it, and corrected until it fits."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import pytest

from lectern.media.ffmpeg import FfmpegCommand, compile_graph, open_stream, run_ffmpeg, write_stream
from lectern.media.inputs import FLAC, MediaInput, input_args
from lectern.media.loudness import (
    Levels,
    Loudness,
    apply_levels,
    correct_levels,
    encode_at_target,
    fit_length,
    loudness_filters,
    measure_loudness,
    parse_loudness,
)
from lectern.media.probe import probe_media
from lectern.media.process import ProcessFailed

NOISE = "anoisesrc=colour=pink:amplitude=0.5:seed=1:sample_rate=48000:duration=3"


def _generate(path: Path, source: str) -> Path:
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-ac", "1", str(path)]
    subprocess.run(argv, check=True)
    return path


async def test_loudness_and_true_peak_are_measured(tmp_path: Path) -> None:
    # By EBU Tech 3341 a 1 kHz sine at -20 dBFS, in one channel of two, is at -23 LUFS.
    tone = _generate(tmp_path / "tone.flac", "aevalsrc=0.1*sin(2*PI*1000*t):s=48000:d=3")
    loudness = await measure_loudness(tone, FLAC, timeout=120)
    assert loudness.integrated == pytest.approx(-23, abs=0.1)
    assert loudness.peak == pytest.approx(-20, abs=0.1)
    assert loudness.max_short_term == pytest.approx(-23, abs=0.1)
    assert (await measure_loudness(tone, FLAC, timeout=20, dual_mono=True)).integrated == pytest.approx(-20, abs=0.1)


async def test_a_peak_in_the_last_moment_is_measured(tmp_path: Path) -> None:
    click = _generate(tmp_path / "click.flac", "aevalsrc=if(gt(t\\,2.03)\\,0.9\\,0.1)*sin(2*PI*1000*t):s=48000:d=2.05")
    assert (await measure_loudness(click, FLAC, timeout=120)).peak == pytest.approx(-0.9, abs=0.2)


@pytest.mark.parametrize("source", ["anullsrc=r=48000:d=2", "sine=duration=0.2"])
async def test_silence_and_very_short_sounds_have_no_loudness(tmp_path: Path, source: str) -> None:
    loudness = await measure_loudness(_generate(tmp_path / "quiet.flac", source), FLAC, timeout=120)
    assert loudness.integrated == -math.inf


def test_an_empty_report_has_no_loudness() -> None:
    assert parse_loudness("") == Loudness(integrated=-math.inf, peak=-math.inf)


@pytest.mark.parametrize("rest", ["lavfi.r128.S=-", "lavfi.r128.S=-1", "lavfi.r128.I=", "lavfi.r1"])
def test_a_report_that_was_cut_off_is_read_up_to_its_last_whole_line(rest: str) -> None:
    report = f"lavfi.r128.I=-20.5\nlavfi.r128.S=-19.2\n{rest}"
    assert parse_loudness(report) == Loudness(integrated=-20.5, peak=-math.inf, max_short_term=-19.2)


async def test_a_file_without_sound_cannot_be_measured(tmp_path: Path) -> None:
    (tmp_path / "text.flac").write_text("This is not sound.")
    with pytest.raises(ProcessFailed, match="ffmpeg exited with status"):
        await measure_loudness(tmp_path / "text.flac", FLAC, timeout=120)


async def test_a_sound_is_encoded_until_it_is_at_the_target(tmp_path: Path) -> None:
    noise = _generate(tmp_path / "noise.flac", NOISE)
    encodings: list[Levels] = []

    async def encode(levels: Levels) -> Path:
        encodings.append(levels)
        stream = fit_length(
            apply_levels(open_stream(MediaInput(path=noise.name, kind=FLAC), "a"), levels, 48_000), 144_000
        )
        command = compile_graph(write_stream(stream, "levelled.flac", format="flac", ar=48_000))
        await run_ffmpeg(command, folder=tmp_path, timeout=120)
        return tmp_path / "levelled.flac"

    loudness = await encode_at_target(encode, Levels(ceiling=-1.5), FLAC, timeout=20, max_encodings=5)
    assert loudness == await measure_loudness(tmp_path / "levelled.flac", FLAC, timeout=120)
    assert loudness.integrated == pytest.approx(-14, abs=0.3)
    assert loudness.peak < -1
    assert 2 <= len(encodings) < 5
    (track,) = (await probe_media(tmp_path / "levelled.flac", FLAC)).tracks("audio")
    assert track.seconds == 3.0


def test_levels_are_corrected_from_what_was_measured() -> None:
    unchanged = Levels()
    assert correct_levels(unchanged, Loudness(integrated=-14.2, peak=-1.4)) == unchanged
    assert correct_levels(unchanged, Loudness(integrated=-15.5, peak=-3.0)) == Levels(gain=1.5, ceiling=None)
    assert correct_levels(unchanged, Loudness(integrated=-15.5, peak=-1.5)) == Levels(gain=1.5, ceiling=-1.5)
    assert correct_levels(unchanged, Loudness(integrated=-14.0, peak=-0.4)) == Levels(gain=0.0, ceiling=-1.5)
    limited = Levels(gain=0.0, ceiling=-1.5)
    assert correct_levels(limited, Loudness(integrated=-14.0, peak=-0.8)) == Levels(gain=0.0, ceiling=-1.8)
    assert correct_levels(Levels(gain=1.5, ceiling=-1.5), Loudness(integrated=-14.6, peak=-1.2)).gain == 2.1


@pytest.mark.parametrize("integrated", [-math.inf, -33.0])
def test_a_sound_that_would_need_too_much_gain_keeps_its_loudness(integrated: float) -> None:
    assert correct_levels(Levels(), Loudness(integrated=integrated, peak=-20.0), max_gain=6.0) == Levels()


async def test_a_report_without_true_peaks_has_the_rest(tmp_path: Path) -> None:
    tone = _generate(tmp_path / "tone.flac", "aevalsrc=0.1*sin(2*PI*1000*t):s=48000:d=4")
    filters = loudness_filters("report.txt", true_peak=False)
    source = input_args(MediaInput(path=tone.name, kind=FLAC))
    command = FfmpegCommand(args=(*source, "-af", filters, "-f", "null", "-"), writes=("report.txt",))
    await run_ffmpeg(command, folder=tmp_path, timeout=120)
    loudness = parse_loudness((tmp_path / "report.txt").read_text())
    assert loudness.max_short_term == pytest.approx(-23, abs=0.1)
    assert loudness.peak == -math.inf
