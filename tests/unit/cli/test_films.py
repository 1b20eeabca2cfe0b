"""Judging finished films: their captions are read, their sentences are laid on a sheet, their measures are told."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lectern.cli.exit_status import CommandExit
from lectern.cli.film_check import measure_film
from lectern.cli.film_finding import Film, find_films
from lectern.cli.film_reading import FPS, FRAMES_AT_ONCE, find_cued_words, read_cues, read_frames
from lectern.cli.film_sheet import MOST_TILES, build_sheet_command, choose_moments

KARAOKE = """WEBVTT

1
00:00:00.200 --> 00:00:02.000
A <00:00:00.500>car <00:00:01.000>drives
<00:00:01.400>off.

2
00:00:04.000 --> 00:00:06.000
It <00:00:04.400>is <00:00:05.000>fast: <00:00:05.300>a <00:00:05.500>car!
"""
PLAIN = """WEBVTT

1
01:00:00.200 --> 01:00:02.000 line:90%
Two words
"""


def test_karaoke_captions_tell_when_each_word_begins() -> None:
    first, second = read_cues(KARAOKE)
    assert first.words == ("A", "car", "drives", "off.")
    assert first.starts == (0.2, 0.5, 1.0, 1.4)
    assert (second.start, second.end) == (4.0, 6.0)


def test_plain_captions_tell_only_when_they_are_shown() -> None:
    (cue,) = read_cues(PLAIN)
    assert cue.words == ("Two", "words")
    assert cue.starts is None
    assert cue.start == pytest.approx(3600.2)


def test_the_words_that_scenes_wait_for_are_found_one_after_the_other() -> None:
    lesson = 'self.at("car")\nself.at(\'It is\')\nself.at("Car")\nself.at("nowhere")'
    assert find_cued_words(lesson, read_cues(KARAOKE)) == [0.5, 4.0, 5.5]


@pytest.mark.slow
def test_a_film_of_over_a_minute_is_read_in_parts_and_no_frame_is_lost_or_doubled(tmp_path: Path) -> None:
    film = tmp_path / "long.mp4"
    source = f"color=black:size=320x180:rate={FPS}:duration=70,format=yuv420p,geq=lum='mod(N,200)+16':cb=128:cr=128"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", str(film)]
    subprocess.run(argv, check=True)
    frames = asyncio.run(read_frames(film))
    assert len(frames) == 70 * FPS > FRAMES_AT_ONCE
    assert max(abs(int(frame[0].mean()) - (number % 200 + 16)) for number, frame in enumerate(frames)) <= 3


def test_a_film_is_measured_by_what_is_seen_while_somebody_speaks() -> None:
    frames = [np.full((3, 180, 320), 20, dtype=np.uint8) for _ in range(8 * FPS)]
    for number, frame in enumerate(frames):
        if number >= FPS:
            at = 40 + (number if 2 * FPS <= number < 5 * FPS else 0)
            frame[0, 60:120, at : at + 100] = 200
    measures = measure_film("Car", frames, read_cues(KARAOKE), [2.1])
    assert measures.first_frame_empty
    assert measures.empty_seconds == pytest.approx(1.0)
    assert measures.empty_stretches == 1
    assert measures.still_share == pytest.approx(0.71, abs=0.06)
    assert measures.longest_pause == pytest.approx(2.24, abs=0.02)
    assert measures.long_pauses_a_minute == pytest.approx(7.5)
    assert measures.lead == pytest.approx(-0.1)


def test_what_turns_to_another_colour_of_the_same_brightness_moves() -> None:
    frames = [np.full((3, 180, 320), 128, dtype=np.uint8) for _ in range(8 * FPS)]
    for number, frame in enumerate(frames):
        frame[0, 60:120, 40:140] = 200
        frame[1, 60:120, 40:140] = 60 + 20 * (number % 8)
    assert measure_film("Glow", frames, read_cues(KARAOKE), []).still_share < 0.2
    for frame in frames:
        frame[1:] = 128
    assert measure_film("Still", frames, read_cues(KARAOKE), []).still_share == 1.0


def test_a_sheet_shows_the_end_of_each_sentence_with_its_last_words() -> None:
    assert choose_moments(read_cues(KARAOKE), 8.0) == [(1.92, "A car drives off."), (5.92, "It is fast: a car!")]
    assert len(choose_moments([], 10_000.0)) == MOST_TILES
    assert [words for _, words in choose_moments([], 12.0)] == ["", "", ""]


def test_what_a_sheet_says_cannot_be_taken_for_a_filter() -> None:
    command = build_sheet_command(Path("/f.mp4"), [(1.0, "it's [0:v],crop=1:1;")], width=320, height=180, out="/s.png")
    graph = command.args[command.args.index("-filter_complex") + 1]
    assert "text=1.0 s  its 0vcrop11:font" in graph


async def list_films(*sources: str) -> list[Film]:
    return [film async for film in find_films(sources, "", Path())]


@pytest.mark.parametrize(
    ("source", "says"), [("none.mp4", "no such film"), ("none.md", "no such lesson"), ("Maths", "no such lesson")]
)
def test_what_is_no_film_is_refused(source: str, says: str) -> None:
    with pytest.raises(CommandExit) as refused:
        asyncio.run(list_films(source))
    assert says in refused.value.problem.title


def test_captions_and_lesson_lie_beside_the_film(tmp_path: Path) -> None:
    for suffix, text in ((".mp4", ""), (".vtt", KARAOKE), (".md", "# Car")):
        (tmp_path / f"car{suffix}").write_text(text)
    (film,) = asyncio.run(list_films(str(tmp_path / "car.mp4")))
    assert (film.name, film.captions, film.lesson) == ("car", KARAOKE, "# Car")
