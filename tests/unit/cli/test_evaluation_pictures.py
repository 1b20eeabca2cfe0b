"""Measuring pictures: standstill, emptiness and size, of frames that are drawn here and of footage that is encoded."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lectern.cli.evaluation.contact_sheets import COLUMNS, FRAME_SIZES, draw_sheets, list_moments
from lectern.cli.evaluation.pictures import BODIES, RATE, SIZES, measure_frames, measure_picture
from lectern.media.process import ProcessFailed

BACKGROUND = 20
FRAMES_JSON = Path(__file__).parents[3] / "services/coder/src/lectern/coder/codegen/frames.json"


def draw(count: int, *, left: float = 0.25, width: float = 0.5, step: float = 0.0) -> npt.NDArray[np.uint8]:
    """Frames with a white box in the body; positions are shares of the frame's width, moved by `step` a frame."""
    columns, rows = SIZES["16:9"]
    frames = np.full((count, rows, columns), BACKGROUND, np.uint8)
    for number, frame in enumerate(frames):
        start = left + number * step
        frame[80:120, round(start * columns) : round((start + width) * columns)] = 255
    return frames


def test_a_picture_that_never_changes_is_still_all_the_time() -> None:
    found = measure_frames(draw(5 * RATE), "16:9")
    assert (found.seconds, found.still_seconds, found.longest_still, found.empty_seconds) == (5, 5, 5, 0)


def test_what_moves_slowly_moves() -> None:
    found = measure_frames(draw(5 * RATE, step=0.002), "16:9")
    assert found.still_seconds == 0


def test_a_slow_fade_moves_though_no_two_frames_differ_by_more_than_noise() -> None:
    frames = draw(5 * RATE)
    for number, frame in enumerate(frames):
        frame[frame == 255] = 50 + 3 * number
    assert measure_frames(frames, "16:9").still_seconds == 0


def test_a_pause_shorter_than_half_a_second_is_no_standstill() -> None:
    moving = [draw(1, left=0.1 + 0.02 * number) for number in range(10)]
    short = np.concatenate([np.repeat(frame, 4, axis=0) for frame in moving])
    long = np.concatenate([np.repeat(frame, 6, axis=0) for frame in moving])
    assert measure_frames(short, "16:9").still_seconds == 0
    assert measure_frames(long, "16:9").longest_still == pytest.approx(0.6)


def test_noise_of_the_encoder_is_neither_movement_nor_a_picture() -> None:
    noise = np.random.default_rng(1).integers(-4, 5, (30, *reversed(SIZES["16:9"])))
    found = measure_frames((np.full_like(noise, BACKGROUND) + noise).astype(np.uint8), "16:9")
    assert (found.still_seconds, found.empty_seconds, found.width) == (3, 3, 0)


def test_size_is_that_of_the_body_and_a_title_is_none_of_it() -> None:
    title = draw(10, width=0)
    title[:, 5:25, 20:300] = 255
    assert measure_frames(title, "16:9").empty_seconds == 1
    found = measure_frames(draw(10), "16:9")
    assert found.width == pytest.approx(0.5 / 0.9016, abs=0.01)
    assert found.height == pytest.approx(40 / ((BODIES["16:9"][3] - BODIES["16:9"][2]) * 180), abs=0.01)


def test_footage_without_frames_is_no_picture() -> None:
    with pytest.raises(ValueError, match="without frames"):
        measure_frames(draw(0), "16:9")


@pytest.mark.parametrize("aspect", BODIES)
def test_the_body_is_the_one_that_scenes_are_drawn_in(aspect: str) -> None:
    frame = json.loads(FRAMES_JSON.read_text())[aspect]
    (width, height), (left, right, bottom, top) = frame["size"], frame["body"]
    shares = (0.5 + left / width, 0.5 + right / width, 0.5 - top / height, 0.5 - bottom / height)
    assert BODIES[aspect] == pytest.approx(shares, abs=0.002)


def encode(file: Path, source: str, *, seconds: float) -> Path:
    args = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", str(seconds), "-pix_fmt", "yuv420p"]
    subprocess.run([*args, "-c:v", "libx264", "-crf", "28", str(file)], check=True)
    return file


@pytest.mark.slow
async def test_encoded_footage_is_measured_in_the_cell_of_ffmpeg(tmp_path: Path) -> None:
    moving = "color=0x141414:s=854x480:r=15[a];color=white:s=200x100:r=15[b];[a][b]overlay=x='min(600,200*t)':y=200"
    found = await measure_picture(encode(tmp_path / "a.mp4", moving, seconds=6), "16:9")
    assert found.seconds == pytest.approx(6, abs=0.1)
    assert found.longest_still == pytest.approx(3, abs=0.3), "it stands after three seconds"
    assert found.height == pytest.approx(100 / ((BODIES["16:9"][3] - BODIES["16:9"][2]) * 480), abs=0.03)


@pytest.mark.slow
async def test_what_is_no_footage_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"#EXTM3U\n/etc/passwd\n")
    with pytest.raises(ProcessFailed):
        await measure_picture(file, "16:9")


def decode(image: bytes) -> npt.NDArray[np.uint8]:
    args = ["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    return np.frombuffer(subprocess.run(args, check=True, capture_output=True, input=image).stdout, np.uint8)


CAPTIONS = """WEBVTT

1
00:00:00.000 --> 00:00:02.000 line:85%
<c.now>Light</c> is a
wave.

2
00:00:02.000 --> 00:01:04.500
And a particle.
"""


def test_moments_are_the_middle_and_the_end_of_each_caption() -> None:
    moments = list_moments(CAPTIONS)
    assert [(moment.seconds, moment.text) for moment in moments] == [
        (1.0, "Light is a wave."),
        (1.85, "(its end)"),
        (33.25, "And a particle."),
        (64.35, "(its end)"),
    ]
    with pytest.raises(ValueError, match="no captions"):
        list_moments("WEBVTT\n")


def test_a_long_video_gets_as_many_frames_as_fit_the_sheets_spread_evenly() -> None:
    cues = "".join(f"\n{n // 60:02}:{n % 60:02}.000 --> {n // 60:02}:{n % 60:02}.900\nword {n}\n" for n in range(300))
    moments = list_moments(f"WEBVTT\n{cues}")
    assert len(moments) == 60
    assert moments[-1].seconds > 290


@pytest.mark.slow
async def test_sheets_show_the_frames_in_the_order_of_their_moments(tmp_path: Path) -> None:
    growing = "color=black:s=854x480:r=15,geq=lum='min(235,16+40*T)':cb=128:cr=128"
    video = encode(tmp_path / "v.mp4", growing, seconds=5)
    moments = list_moments("WEBVTT\n\n00:00.000 --> 00:02.000\na\n\n00:02.000 --> 00:04.900\nb\n")
    [sheet] = await draw_sheets(video, moments, "16:9")
    width, height = FRAME_SIZES["16:9"]
    pixels = decode(sheet).reshape(2 * height, COLUMNS * width)
    places = [(height // 2, (number + 0.5) * width) for number in range(3)] + [(height * 1.5, 0.5 * width)]
    shades = [int(pixels[int(row), int(column)]) for row, column in places]
    assert shades == sorted(shades)
    assert shades[-1] - shades[0] > 80
