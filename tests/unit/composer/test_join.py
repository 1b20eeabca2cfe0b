"""The joined video: sound and picture in step, captions, chapters, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from PIL import Image
from unit.composer.sample_inputs import SampleScene, make_inputs

from lectern.composer.captions import format_vtt
from lectern.composer.inputs import VideoInputs, footage_name
from lectern.composer.join import join_video
from lectern.composer.sound import mix_sound
from lectern.composer.text_outputs import cut_captions
from lectern.composer.thumbnail import choose_thumbnail
from lectern.composer.verification import BadVideo, verify_footage, verify_same_encoding, verify_video
from lectern.contracts.options import VideoOptions
from lectern.media import FINISHED_VIDEO, FOOTAGE, InputKind, probe_media
from lectern.worker import Permanent

pytestmark = pytest.mark.slow

STILL = InputKind(demuxers=("image2",), decoders=("mjpeg",), forced="image2")

slow = pytest.mark.slow

AWKWARD = [31, 47, 53, 61, 37, 41, 59, 43, 67, 29, 71, 83]
OFF = [799, -799, 1, -1, 500, -333, 0, 777, -700, 13, -13, 798]


async def _join(inputs: VideoInputs) -> Path:
    spoken = format_vtt(cut_captions(inputs, VideoOptions()), inputs.timeline)
    return (await join_video(inputs, await mix_sound(inputs, None, bitrate="192k"), spoken)).path


def _run(argv: list[str]) -> bytes:
    """Runs a program and returns its stdout."""
    return subprocess.run(argv, check=True, capture_output=True).stdout


def _find_flashes(video: Path) -> list[int]:
    """Returns the numbers of the white frames."""
    argv = ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:v", "-vf", "scale=8:8", "-f", "rawvideo"]
    raw = _run([*argv, "-pix_fmt", "gray", "-"])
    levels = np.frombuffer(raw, np.uint8).reshape(-1, 64).mean(axis=1)
    return np.flatnonzero(levels > 180).tolist()


def _decode_sound(video: Path) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """Decodes the sound as players do that honour the edit list."""
    argv = ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:a", "-f", "s16le", "-"]
    raw = _run(argv)
    return np.frombuffer(raw, np.int16).reshape(-1, 2)


def _find_clicks(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> list[int]:
    """Returns the samples at which sound starts after a tenth of a second of silence."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 6000)
    first = np.concatenate([[True], np.diff(loud) > 4800])
    return loud[first].tolist()


@slow
@pytest.mark.parametrize("fps", [15, 30, 60])
async def test_flash_and_click_of_every_scene_still_coincide_after_twelve(tmp_path: Path, fps: int) -> None:
    half = 48_000 // fps // 2 - 1
    scenes = [
        SampleScene(frames=frames, off=max(-half, min(half, off))) for frames, off in zip(AWKWARD, OFF, strict=True)
    ]
    inputs = make_inputs(tmp_path, scenes, fps=fps)
    video = await _join(inputs)
    starts = [span.start for span in inputs.timeline.spans]
    assert _find_flashes(video) == starts
    clicks = _find_clicks(_decode_sound(video)[:, 0])
    assert len(clicks) == len(starts)
    drift = [abs(click - start * 48_000 // fps) for click, start in zip(clicks, starts, strict=True)]
    assert max(drift) < 48  # a millisecond; a frame is 800 to 3200 samples


@slow
async def test_sound_and_picture_are_equally_long_to_the_frame(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=f, off=o) for f, o in zip(AWKWARD, OFF, strict=True)])
    video = await _join(inputs)
    media = await probe_media(video, FINISHED_VIDEO)
    picture, sound = media.tracks("video")[0], media.tracks("audio")[0]
    assert picture.frames == sum(AWKWARD)
    assert picture.seconds == pytest.approx(sum(AWKWARD) / 30, abs=1e-5)
    assert sound.seconds == pytest.approx(picture.seconds, abs=1e-5)
    assert 0 <= len(_decode_sound(video)) - sum(AWKWARD) * 1600 < 1600
    assert (sound.start_time, picture.start_time) == ("0.000000", "0.000000")


@slow
async def test_frames_are_evenly_spaced_across_joins(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=n) for n in AWKWARD])
    video = await _join(inputs)
    argv = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts", "-of", "csv=p=0"]
    stamps = [int(line.strip(",")) for line in _run([*argv, str(video)]).decode().split()]
    assert stamps == [n * 3000 for n in range(sum(AWKWARD))]


async def test_sound_is_as_loud_on_both_sides_as_it_was_recorded(tmp_path: Path) -> None:
    sound = _decode_sound(await _join(make_inputs(tmp_path, [SampleScene(frames=30), SampleScene(frames=30)])))
    apart = sound[:, 0].astype(float) - sound[:, 1]
    assert np.sqrt((apart**2).mean()) < 50  # of 32768: the difference that coding two channels makes
    recorded = 20_000 / np.sqrt(2)
    decoded = np.sqrt((sound[48_000 + 48 : 48_000 + 432, 0].astype(float) ** 2).mean())
    assert decoded == pytest.approx(recorded, rel=0.1)


async def test_chapters_title_language_and_colour_are_in_the_file(tmp_path: Path) -> None:
    video = await _join(make_inputs(tmp_path, [SampleScene(frames=n) for n in (31, 47, 53)]))
    media = await probe_media(video, FINISHED_VIDEO)
    assert [(c.start_time, c.tags["title"]) for c in media.chapters] == [
        ("0.000000", "Part 1: & more"),
        ("1.033333", "Part 2: & more"),
        ("2.600000", "Part 3: & more"),
    ]
    assert media.chapters[-1].end_time == "4.366667"
    assert media.format.tags["title"] == "Leaves = sugar; #1"
    assert {media.tracks(kind)[0].tags["language"] for kind in ("video", "audio", "subtitle")} == {"eng"}
    picture, sound = media.tracks("video")[0], media.tracks("audio")[0]
    assert (picture.color_space, picture.color_primaries, picture.color_transfer, picture.color_range) == (
        "bt709",
        "bt709",
        "bt709",
        "tv",
    )
    assert (sound.codec, sound.profile, sound.sample_rate, sound.channels) == ("aac", "LC", "48000", 2)


async def test_the_caption_track_has_the_text_of_the_narration(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=150), SampleScene(frames=160)])
    video = await _join(inputs)
    argv = ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:s", "-f", "webvtt", "-"]
    inside = _run(argv).decode()
    text = " ".join(line for line in inside.split("\n")[1:] if line and "-->" not in line)
    assert text == " ".join(word.text for narration in inputs.narrations for word in narration.words)
    assert (await probe_media(video, FINISHED_VIDEO)).tracks("subtitle")[0].codec == "mov_text"


async def test_a_video_without_captions_has_no_such_track(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=20)])
    video = await join_video(inputs, await mix_sound(inputs, None, bitrate="192k"), None)
    assert (await probe_media(video.path, FINISHED_VIDEO)).tracks("subtitle") == ()


def _list_boxes(data: bytes) -> list[str]:
    names, at = [], 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size if size > 1 else struct.unpack(">Q", data[at + 8 : at + 16])[0]
    return names


async def test_a_player_can_start_before_it_has_the_whole_file(tmp_path: Path) -> None:
    data = (await _join(make_inputs(tmp_path, [SampleScene(frames=31), SampleScene(frames=47)]))).read_bytes()
    boxes = _list_boxes(data)
    assert boxes.index("moov") < boxes.index("mdat")
    assert data.count(b"colr") == 1


async def test_each_track_has_one_edit_and_only_sound_skips_its_priming(tmp_path: Path) -> None:
    data = (await _join(make_inputs(tmp_path, [SampleScene(frames=150), SampleScene(frames=47)]))).read_bytes()
    edits = []
    at = data.find(b"elst")
    while at >= 0:
        count, duration, media_time = struct.unpack(">IIi", data[at + 8 : at + 20])
        edits.append((count, duration, media_time))
        at = data.find(b"elst", at + 4)
    length = 197 * 1600
    assert edits[:2] == [(1, length, 0), (1, length, 1024)]
    assert all(count == 1 and media_time == 0 for count, _, media_time in edits[2:])


@slow
async def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        inputs = make_inputs(tmp_path / name, [SampleScene(frames=31, off=5), SampleScene(frames=47, detail=True)])
        video, still = await _join(inputs), await choose_thumbnail(inputs, cards=False)
        digests.add(hashlib.sha256(video.read_bytes() + still.read_bytes()).hexdigest())
    assert len(digests) == 1


async def test_the_thumbnail_is_the_most_detailed_frame_and_1280_wide(tmp_path: Path) -> None:
    inputs = make_inputs(
        tmp_path, [SampleScene(frames=60), SampleScene(frames=75, detail=True), SampleScene(frames=20)]
    )
    still = await choose_thumbnail(inputs, cards=False)
    assert still.name == "still-002.jpg"
    picture = (await probe_media(still, STILL)).tracks("video")[0]
    assert (picture.codec, picture.width, picture.height) == ("mjpeg", 1280, 720)
    assert still.stat().st_size < 2_000_000


async def test_an_upright_thumbnail_keeps_its_shape_and_never_shows_the_first_frame(tmp_path: Path) -> None:
    still = await choose_thumbnail(make_inputs(tmp_path, [SampleScene(frames=25)], size=(180, 320)), cards=False)
    picture = (await probe_media(still, STILL)).tracks("video")[0]
    assert (picture.width, picture.height) == (720, 1280)
    level = np.asarray(Image.open(still).convert("L")).mean()
    assert level == pytest.approx(40, abs=2)  # the dark grey of all but the first, white frame


async def test_footage_that_is_not_as_promised_is_rejected_by_scene(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=31)])
    media = await probe_media(inputs.folder / footage_name(1), FOOTAGE)
    with pytest.raises(Permanent, match=r"footage of scene 7 has 31 frames, not 32\. Redo scene 7"):
        verify_footage(7, media, frames=32, fps=30, samples=32 * 1600)
    with pytest.raises(Permanent, match="runs at 30/1 frames a second, not 60"):
        verify_footage(7, media, frames=31, fps=60, samples=31 * 800)
    with pytest.raises(Permanent, match=r"lasts 1.033 s, its narration 1.067 s"):
        verify_footage(7, media, frames=31, fps=30, samples=32 * 1600 + 1)
    verify_footage(7, media, frames=31, fps=30, samples=32 * 1600)


async def test_footage_of_another_shape_is_rejected_and_named(tmp_path: Path) -> None:
    for name, size in (("a", (320, 180)), ("b", (180, 320))):
        (tmp_path / name).mkdir()
        make_inputs(tmp_path / name, [SampleScene(frames=20)], size=size)
    tracks = [
        (n, (await probe_media(tmp_path / name / footage_name(1), FOOTAGE)).tracks("video")[0])
        for n, name in enumerate("ab", 1)
    ]
    with pytest.raises(Permanent, match="footage of scene 2 has width 180, scene 1's has 320"):
        verify_same_encoding(tracks)


async def test_a_video_without_a_frame_or_a_track_is_rejected(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=31), SampleScene(frames=47)])
    media = await probe_media(await _join(inputs), FINISHED_VIDEO)
    assert verify_video(media, inputs.timeline, captions=True, chapters=2) < 1e-5
    with pytest.raises(BadVideo, match="has tracks"):
        verify_video(media, inputs.timeline, captions=False, chapters=2)
    with pytest.raises(BadVideo, match="chapters"):
        verify_video(media, inputs.timeline, captions=True, chapters=3)
    shorter = msgspec.structs.replace(inputs.timeline, spans=inputs.timeline.spans[:1])
    with pytest.raises(BadVideo, match="has 78 frames, not 31"):
        verify_video(media, shorter, captions=True, chapters=2)
    late = msgspec.convert(json.loads(msgspec.json.encode(media)), type(media))
    sound = msgspec.structs.replace(late.tracks("audio")[0], duration="2.5")
    with pytest.raises(BadVideo, match=r"audio track starts at 0.000000 s and lasts 2.5 s, not 2.600 s"):
        verify_video(msgspec.structs.replace(late, streams=(late.tracks("video")[0], sound, late.tracks("subtitle")[0])),
                    inputs.timeline, captions=True, chapters=2)  # fmt: skip


@slow
async def test_the_pictures_of_a_film_are_those_of_its_footage_to_the_byte(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path, [SampleScene(frames=n, detail=True) for n in (31, 47)])
    footage = [packet for number in (1, 2) for packet in _read_pictures(tmp_path / footage_name(number))]
    assert _read_pictures(await _join(inputs)) == footage


def _read_pictures(video: Path) -> list[list[bytes]]:
    """The coded slices of each frame, without the parameter sets that may be repeated before a scene."""
    with av.open(str(video)) as container:
        return [list(_find_slices(bytes(packet))) for packet in container.demux(video=0) if packet.size]


def _find_slices(sample: bytes) -> Iterator[bytes]:
    """The slices among the NAL units of an MP4 sample: each behind its length; types 1 and 5 (H.264, table 7-1)."""
    while sample:
        end = 4 + int.from_bytes(sample[:4])
        if sample[4] & 0x1F in (1, 5):
            yield sample[4:end]
        sample = sample[end:]
