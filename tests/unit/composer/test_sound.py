"""The sound of finished videos: its loudness, and how far the music stays below the voice."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.composer.sample_inputs import RATE, SampleScene, make_inputs

from lectern.composer import music_bed
from lectern.composer.background_music import MAX_TRACK_BYTES, prepare_music
from lectern.composer.inputs import VideoInputs, audio_name
from lectern.composer.join import join_video
from lectern.composer.music_bed import PAUSE_LUFS, SPEECH_LUFS, fade_gain, level_curve, loop_track, write_bed
from lectern.composer.sound import mix_sound
from lectern.contracts.narration import Word
from lectern.contracts.options import BUNDLED, MUSIC
from lectern.media import FINISHED_VIDEO, FLAC, measure_loudness, probe_media
from lectern.worker import ObjectStore, Permanent
from lectern.worker.testing import MemoryObjectStore

slow = pytest.mark.slow
Floats = npt.NDArray[np.float64]


@pytest.fixture
def store() -> MemoryObjectStore:
    """A store in memory."""
    return MemoryObjectStore()


def decode_sound(path: Path, *options: str) -> Floats:
    """Decodes a file's sound as players do, shaped (samples, 2)."""
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", *options]
    raw = subprocess.run([*argv, "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-"], check=True, capture_output=True)
    return np.frombuffer(raw.stdout, "<f4").astype(float).reshape(-1, 2)


def write_flac(path: Path, sound: Floats) -> None:
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-", str(path)]
    subprocess.run(argv, input=sound.astype("<f4").tobytes(), check=True)


def mean_level(sound: Floats) -> float:
    """Returns the mean level in dB from 100 Hz to 8 kHz."""
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    pitches = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10 * np.log10(spectrum[(pitches > 100) & (pitches < 8000)].sum() / len(sound) ** 2 + 1e-20))


def synthesize_speech(words: Sequence[tuple[float, float]], seconds: float, loudness_gain: float) -> Floats:
    """Makes noise with the spectrum of speech, silent between words."""
    rng = np.random.default_rng(3)
    spectrum = np.fft.rfft(rng.standard_normal(round(seconds * RATE)))
    pitches = np.fft.rfftfreq(round(seconds * RATE), 1 / RATE)
    noise = np.fft.irfft(spectrum * (pitches > 90) / (1 + (pitches / 700) ** 2) ** 0.6, round(seconds * RATE))
    t = np.arange(len(noise)) / RATE
    gate = np.zeros_like(t)
    for start, end in words:
        gate = np.maximum(gate, np.clip(np.minimum(t - start, end - t) / 0.02, 0, 1))
    return np.tanh(noise / noise.std() * 0.12 * loudness_gain) * gate


SECONDS = 20.0
SPOKEN = [(1.0 + n * 0.4, 1.36 + n * 0.4) for n in range(18)] + [(13.0 + n * 0.4, 13.36 + n * 0.4) for n in range(12)]


def make_spoken_inputs(folder: Path, *, voice: float, scenes: int = 1) -> VideoInputs:
    """Makes scenes whose words are at `SPOKEN`, the voice `voice` times as loud as about -14 LUFS (0: silent)."""
    inputs = make_inputs(folder, [SampleScene(frames=round(SECONDS * 30))] * scenes)
    words = tuple(Word(text="word", start=start, end=end, beat=0) for start, end in SPOKEN)
    for number in range(1, scenes + 1):
        write_flac(folder / audio_name(number), synthesize_speech(SPOKEN, SECONDS, voice))
    return msgspec.structs.replace(
        inputs, narrations=tuple(msgspec.structs.replace(each, words=words) for each in inputs.narrations)
    )


async def _make_video(inputs: VideoInputs, store: ObjectStore, key: str = "") -> Path:
    music = await prepare_music(key, store, inputs)
    return (await join_video(inputs, await mix_sound(inputs, music, bitrate="192k"), None)).path


@slow
@pytest.mark.parametrize("name", MUSIC)
async def test_bundled_music_is_at_least_18_db_below_the_voice_wherever_it_speaks(
    store: ObjectStore, tmp_path: Path, name: str
) -> None:
    sounds = []
    for folder, voice, key in (("voice", 1.5, ""), ("music", 0.0, BUNDLED + name)):
        (tmp_path / folder).mkdir()
        sounds.append(decode_sound(await _make_video(make_spoken_inputs(tmp_path / folder, voice=voice), store, key)))
    spoken = np.concatenate([np.arange(round(start * RATE), round(end * RATE)) for start, end in SPOKEN])
    below = mean_level(sounds[0][spoken]) - mean_level(sounds[1][spoken])
    worst = min(
        mean_level(sounds[0][at : at + RATE]) - mean_level(sounds[1][at : at + RATE])
        for at in (round(second * RATE) for second in (1, 3, 5, 7, 13, 15, 16.5))
    )
    print(f"{name}: {below:.1f} dB below the voice on average, {worst:.1f} dB in the worst second")
    assert below >= 18
    assert worst >= 18
    pause = mean_level(sounds[1][round(9.8 * RATE) : round(12.2 * RATE)])
    under = mean_level(sounds[1][round(3 * RATE) : round(7 * RATE)])
    assert 4 < pause - under < 10  # it comes up where nobody speaks


@slow
async def test_music_alone_in_a_pause_is_no_louder_than_minus_26_lufs(store: ObjectStore, tmp_path: Path) -> None:
    video = await _make_video(make_spoken_inputs(tmp_path, voice=0.0), store, BUNDLED + "curious")
    write_flac(tmp_path / "pause.flac", decode_sound(video)[round(9.8 * RATE) : round(12.2 * RATE)].mean(axis=1))
    loudness = await measure_loudness(tmp_path / "pause.flac", FLAC, timeout=120)
    assert -36 < loudness.integrated + 3 < -26  # ebur128 counts one channel for half of two


@slow
@pytest.mark.parametrize(("voice", "key"), [(1.5, ""), (1.5, "bundled:calm"), (1.0, ""), (2.6, "bundled:curious")])
async def test_a_finished_video_has_minus_14_lufs_and_no_peak_above_minus_one(
    store: ObjectStore, tmp_path: Path, voice: float, key: str
) -> None:
    inputs = make_spoken_inputs(tmp_path, voice=voice, scenes=2)
    video = await _make_video(inputs, store, key)
    loudness = await measure_loudness(video, FINISHED_VIDEO, timeout=120)
    print(f"voice {voice}, music {key or 'none'}: {loudness.integrated} LUFS, {loudness.peak} dBTP")
    assert loudness.integrated == pytest.approx(-14, abs=0.5)
    assert loudness.peak < -1
    length = inputs.timeline.samples(inputs.timeline.frames)
    assert length <= len(decode_sound(video)) < length + 1024  # the last AAC frame is filled up
    track = (await probe_media(video, FINISHED_VIDEO)).tracks("audio")[0]
    assert track.seconds == pytest.approx(2 * SECONDS, abs=1e-5)
    assert track.start_time == "0.000000"


@slow
async def test_a_voice_with_sharp_peaks_is_limited_until_its_decoded_peaks_are_low_enough(
    store: ObjectStore, tmp_path: Path
) -> None:
    inputs = make_spoken_inputs(tmp_path, voice=1.2)
    sound = synthesize_speech(SPOKEN, SECONDS, 1.2)
    for start, _ in SPOKEN:
        at = round((start + 0.1) * RATE)
        sound[at : at + 48] = 0.999 * np.where(np.arange(48) // 6 % 2, 1, -1)
    write_flac(inputs.folder / audio_name(1), sound)
    recorded = await measure_loudness(inputs.folder / audio_name(1), FLAC, timeout=120)
    loudness = await measure_loudness(await _make_video(inputs, store, "bundled:calm"), FINISHED_VIDEO, timeout=120)
    print(f"peaks of {recorded.peak} dBTP became {loudness.peak} at {loudness.integrated} LUFS")
    assert recorded.peak > 0
    assert loudness.peak < -1
    assert loudness.integrated == pytest.approx(-14, abs=0.5)


@slow
async def test_music_fades_in_and_out_and_is_stereo(store: ObjectStore, tmp_path: Path) -> None:
    sound = decode_sound(await _make_video(make_spoken_inputs(tmp_path, voice=0.0), store, BUNDLED + "calm"))
    ends = [np.abs(sound[:480]).max(), np.abs(sound[round(SECONDS * RATE) - 480 : round(SECONDS * RATE)]).max()]
    assert max(ends) < 1e-3 < np.abs(sound[2 * RATE : 4 * RATE]).max()
    assert np.corrcoef(sound[2 * RATE : 8 * RATE].T)[0, 1] < 0.98


@slow
async def test_the_same_music_gives_the_same_bytes(store: ObjectStore, tmp_path: Path) -> None:
    digests = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        digests.append(
            (await _make_video(make_spoken_inputs(tmp_path / folder, voice=1.5), store, BUNDLED + "calm")).read_bytes()
        )
    assert digests[0] == digests[1]


@pytest.mark.parametrize("name", MUSIC)
def test_bundled_tracks_are_small_long_enough_and_loop_without_a_click(name: str) -> None:
    with as_file(files("lectern.composer") / "music" / f"{name}.opus") as path:
        assert path.stat().st_size < 600_000
        track = np.rint(decode_sound(path) * 32767).astype(np.int16)
    assert 40 <= len(track) / RATE <= 70
    period = len(track) - 2 * RATE
    around = loop_track(track, np.arange(period - RATE, period + 3 * RATE))
    jumps = np.abs(np.diff(around, axis=0)).max(axis=1)
    usual = np.abs(np.diff(track.astype(float), axis=0)).max(axis=1)
    assert jumps.max() <= usual.max()
    assert jumps[RATE - 2 : RATE + 1].max() <= np.percentile(usual, 99.9)
    # The end repeats the beginning, so that the fade between the two is heard neither as a swell nor as a dip.
    assert np.corrcoef(track[period:].mean(axis=1), track[: 2 * RATE].mean(axis=1))[0, 1] > 0.97


def test_an_uploaded_track_s_end_fades_into_its_beginning() -> None:
    track = np.stack([np.full(10 * RATE, 1000), np.full(10 * RATE, -1000)], axis=1).astype(np.int16)
    track[: 5 * RATE] *= 5
    sound = loop_track(track, np.arange(0, 40 * RATE))[:, 0]
    assert np.abs(np.diff(sound)[8 * RATE - 10 : 8 * RATE + 10]).max() < 1
    assert sound[0] == 5000  # the first time nothing is faded in
    assert sound[8 * RATE] == pytest.approx(1000, abs=1)
    assert sound[10 * RATE] == pytest.approx(5000, abs=1)


_moments = st.lists(st.tuples(st.floats(0, 60), st.floats(0.05, 3)), max_size=40)


@given(_moments, st.floats(1, 90))
def test_music_is_quiet_whenever_a_word_is_spoken_and_never_above_its_level(
    moments: list[tuple[float, float]], seconds: float
) -> None:
    spoken = [(start, start + length) for start, length in moments]
    times, levels = level_curve(spoken, seconds)
    assert times == sorted(times)
    assert all(SPEECH_LUFS <= level <= PAUSE_LUFS for level in levels)
    for start, end in spoken:
        for moment in np.linspace(start, end, 5):
            assert np.interp(moment, times, levels) == pytest.approx(SPEECH_LUFS)


def test_short_pauses_are_not_filled_and_long_ones_are() -> None:
    times, levels = level_curve([(1, 2), (2.9, 4), (7, 8)], 12)
    level = dict(zip((1.5, 2.5, 5.5, 7.5, 11.0), np.interp([1.5, 2.5, 5.5, 7.5, 11.0], times, levels), strict=True))
    assert level == {1.5: SPEECH_LUFS, 2.5: SPEECH_LUFS, 5.5: PAUSE_LUFS, 7.5: SPEECH_LUFS, 11.0: PAUSE_LUFS}


def test_music_rises_by_some_decibels_in_a_pause_that_a_script_asks_for() -> None:
    times, levels = level_curve([(1, 2), (3.5, 4)], 12)
    assert SPEECH_LUFS + 4 < np.interp(np.linspace(2, 3.5, 50), times, levels).max() < PAUSE_LUFS
    assert np.interp(3.4, times, levels) == pytest.approx(SPEECH_LUFS)


def test_a_video_shorter_than_its_fades_still_has_music() -> None:
    gain = fade_gain(np.arange(RATE), RATE)
    assert gain[0] == 0
    assert gain[-1] == 0
    assert gain.max() == 1


def test_the_bed_is_exact_to_the_sample_and_looped_across_chunks(tmp_path: Path) -> None:
    tone = np.rint(8000 * np.sin(2 * np.pi * 220 * np.arange(7 * RATE) / RATE)).astype("<i2")
    (tmp_path / "track").write_bytes(np.stack([tone, tone], axis=1).tobytes())
    samples = 31 * RATE + 17
    write_bed(tmp_path / "track", tmp_path / "bed", samples=samples, spoken=[(2.0, 30.0)], loudest=-20.0)
    bed = np.fromfile(tmp_path / "bed", "<i2").reshape(-1, 2)
    assert len(bed) == samples
    speaking = bed[5 * RATE : 25 * RATE, 0].astype(float)
    assert np.abs(speaking).max() == pytest.approx(8000 * 10 ** ((SPEECH_LUFS + 20) / 20), rel=0.02)
    assert np.abs(np.diff(speaking)).max() < 8000 * 10 ** ((SPEECH_LUFS + 20) / 20) * 2 * np.pi * 220 / RATE * 2 + 1.5


def test_a_very_quiet_track_is_raised_by_a_limited_gain(tmp_path: Path) -> None:
    hiss = np.ones((6 * RATE, 2), "<i2")
    (tmp_path / "track").write_bytes(hiss.tobytes())
    write_bed(tmp_path / "track", tmp_path / "bed", samples=10 * RATE, spoken=[], loudest=-70.0)
    assert (
        np.abs(np.fromfile(tmp_path / "bed", "<i2")).max()
        <= 10 ** ((music_bed.MAX_BOOST + PAUSE_LUFS - SPEECH_LUFS) / 20) + 1
    )


def _encode(path: Path, *codec: str, seconds: float = 8.0, extra: Sequence[str] = ()) -> bytes:
    source = f"sine=frequency=330:duration={seconds}:sample_rate=44100"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *extra, "-ac", "2", *codec, str(path)]
    subprocess.run(argv, check=True)
    return path.read_bytes()


UPLOADS = {
    "mp3": ("-c:a", "libmp3lame"),
    "wav": (),
    "flac": (),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus"),
    "m4a": ("-c:a", "aac"),
}


@slow
@pytest.mark.parametrize("suffix", UPLOADS)
async def test_an_uploaded_track_of_every_kind_is_mixed_beneath_the_narration(
    store: ObjectStore, tmp_path: Path, suffix: str
) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=600)])
    await store.put(f"assets/{suffix}", _encode(tmp_path / f"upload.{suffix}", *UPLOADS[suffix]), "audio/x")
    assert await prepare_music(f"assets/{suffix}", store, inputs) == "music.pcm"
    bed = np.fromfile(tmp_path / "music.pcm", "<i2").reshape(-1, 2)
    assert len(bed) == 600 * 1600
    assert np.abs(bed[8 * RATE : 12 * RATE]).max() > 200  # it repeats after its eight seconds


async def test_a_cover_picture_in_a_track_is_ignored(store: ObjectStore, tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=60)])
    picture = ("-f", "lavfi", "-i", "color=red:size=64x64:duration=0.04:rate=25", "-map", "0", "-map", "1")
    data = _encode(tmp_path / "u.mp3", "-c:a", "libmp3lame", "-c:v", "png", "-disposition:v", "attached_pic",
                    extra=picture)  # fmt: skip
    await store.put("assets/cover", data, "audio/mpeg")
    assert await prepare_music("assets/cover", store, inputs) == "music.pcm"


def _concat_playlist(secret: Path) -> bytes:
    return f"ffconcat version 1.0\nfile {secret}\n".encode()


def _hls_playlist(secret: Path) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()


@pytest.mark.parametrize(
    "kind", ["empty", "noise", "playlist", "hls", "picture", "video without sound", "cut header", "too short"]
)
async def test_a_file_that_is_not_music_is_rejected_with_the_option_and_a_remedy(
    store: ObjectStore, tmp_path: Path, kind: str
) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=60)])
    secret = tmp_path / "secret.wav"
    song = _encode(secret)
    match kind:
        case "empty":
            data = b""
        case "noise":
            data = np.random.default_rng(5).bytes(50_000)
        case "playlist":
            data = _concat_playlist(secret)
        case "hls":
            data = _hls_playlist(secret)
        case "picture":
            data = b"\x89PNG\r\n\x1a\n" + bytes(100)
        case "video without sound":
            data = (inputs.folder / "scene-001.mp4").read_bytes()
        case "cut header":
            data = song[:30]
        case _:
            data = _encode(tmp_path / "short.wav", seconds=1.0)
    await store.put(f"assets/{kind.replace(' ', '-')}", data, "audio/x")
    with pytest.raises(Permanent) as caught:
        await prepare_music(f"assets/{kind.replace(' ', '-')}", store, inputs)
    problem = caught.value.problem
    assert problem.code == "music-unusable"
    assert "options.music" in problem.detail
    assert "options.music" in problem.remedy
    assert problem.errors[0].pointer == "/options/music"


async def test_a_damaged_track_plays_as_far_as_it_can_be_read(store: ObjectStore, tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=300)])
    data = bytearray(_encode(tmp_path / "u.mp3", "-c:a", "libmp3lame", seconds=20.0))
    data[len(data) // 2 : len(data) // 2 + 3000] = np.random.default_rng(1).bytes(3000)
    await store.put("assets/damaged", bytes(data), "audio/mpeg")
    assert await prepare_music("assets/damaged", store, inputs) == "music.pcm"


async def test_missing_or_too_large_music_is_rejected(store: ObjectStore, tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=5)])
    with pytest.raises(Permanent, match=r"no longer stored.*upload it again with POST /v1/assets"):
        await prepare_music("assets/never", store, inputs)
    await store.put("assets/huge", bytes(MAX_TRACK_BYTES + 1), "audio/wav")
    with pytest.raises(Permanent, match="the limit is 20 MB"):
        await prepare_music("assets/huge", store, inputs)
    with pytest.raises(Permanent, match="There is no bundled track 'loud'"):
        await prepare_music("bundled:loud", store, inputs)
