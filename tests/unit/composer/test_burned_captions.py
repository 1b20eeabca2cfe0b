"""Captions drawn into real frames: in the right frames, places and colours, with nothing else changed."""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import tempconfig
from unit.composer.sample_inputs import SampleScene, make_inputs
from unit.composer.test_captions import speak, speak_unspaced

from lectern.composer import join
from lectern.composer.captions import (
    SceneCues,
    adjust_for_burning,
    cut_cues,
    format_ass,
    format_srt,
    format_vtt,
    limits_for,
    style_for,
)
from lectern.composer.captions.ass import time_in_frame
from lectern.composer.captions.style import FONTS, font_script
from lectern.composer.inputs import VideoInputs
from lectern.composer.join import BurnedCaptions, join_video, parse_frames
from lectern.composer.sound import mix_sound
from lectern.composer.text_outputs import cut_captions, format_styled_captions
from lectern.composer.timeline import VideoTimeline, build_timeline
from lectern.contracts.narration import Narration, Word
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import ASPECTS, Aspect, preset
from lectern.media import FINISHED_VIDEO, ProcessFailed, probe_media
from lectern.scenekit import frame
from lectern.scenekit.renderer import frame_shape

pytestmark = pytest.mark.slow

slow = pytest.mark.slow
Picture = npt.NDArray[np.uint8]
SIZES: dict[Aspect, tuple[int, int]] = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720)}
LESSON = "Plants make sugar. Light, water and air go in, and what comes out is food for almost everything that lives."
MISSING_LETTERS = "\ue001\U00016fe4"  # letters that no font has
ARABIC = "تصنع النباتات السكر من الضوء والماء والهواء، وهذا غذاء لكل الكائنات الحية."


def decode_frames(video: Path, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Decodes a video to an array shaped (frames, height, width, RGB)."""
    argv = ["ffmpeg", "-v", "error", "-i", str(video), "-vf", "scale=in_color_matrix=bt709", "-f", "rawvideo"]
    raw = subprocess.run([*argv, "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


def draw_still(text: str, size: tuple[int, int], colour: str = "0x10141F") -> Picture:
    """Draws an ASS file on a plain picture, half a second after its start."""
    source = f"color=c={colour}:s={size[0]}x{size[1]}:r=30:d=1,format=yuv420p,setparams=colorspace=bt709"
    with tempfile.NamedTemporaryFile(suffix=".ass") as file:
        file.write(text.encode())
        file.flush()
        argv = [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            source,
            "-vf",
            f"ass=f={file.name},select=eq(n\\,15),scale=in_color_matrix=bt709",
        ]
        argv += ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 3)


def find_ink(picture: Picture, background: int = 20) -> npt.NDArray[np.bool_]:
    """Returns a mask of what is drawn on a dark picture."""
    return picture.max(axis=2) > background + 60


def matches_colour(picture: Picture, colour: tuple[int, int, int], by: int) -> npt.NDArray[np.bool_]:
    """Returns a mask of the pixels within `by` of a colour."""
    return (np.abs(picture.astype(int) - np.array(colour)) <= by).all(axis=2)


def cut_into_scene(words: tuple[Word, ...], language: str, aspect: Aspect = "16:9") -> tuple[SceneCues, VideoTimeline]:
    timeline = build_timeline(30, [(1, "One", 600)])
    return [(timeline.spans[0], cut_cues(words, 600, 30, limits_for(aspect, language)))], timeline


def format_one_caption(text: str, *, language: str = "en") -> str:
    """Formats an ASS file that shows a text as one caption during the first second."""
    words = tuple(
        Word(text=word, start=0.0, end=1.0, beat=0, glued=language == "zh" and n > 0)
        for n, word in enumerate(text.split())
    )
    timeline = build_timeline(30, [(1, "One", 30)])
    style = style_for("16:9", "dark", language, width=1280, height=720)
    return format_ass([(timeline.spans[0], cut_cues(words, 30, 30, limits_for("16:9", language)))], timeline, style)


def make_spoken_inputs(folder: Path, text: str, fps: int, *, language: str = "en") -> VideoInputs:
    inputs = make_inputs(folder, [SampleScene(frames=2 * fps), SampleScene(frames=9 * fps)], fps=fps, size=(640, 360))
    words = speak(text, pace=0.06)
    narrations = tuple(msgspec.structs.replace(each, words=words) for each in inputs.narrations[1:])
    silent: Narration = msgspec.structs.replace(inputs.narrations[0], words=())
    script = msgspec.structs.replace(inputs.script, language=language)
    return msgspec.structs.replace(inputs, narrations=(silent, *narrations), script=script)


async def burn(inputs: VideoInputs, options: VideoOptions, reported: list[int] | None = None) -> Path:
    reported = [] if reported is None else reported

    async def report(frames: int) -> None:
        reported.append(frames)

    text = format_styled_captions(inputs, options, cut_captions(inputs, options), burned=True)
    frame = preset(options.quality, options.aspect)
    sound = await mix_sound(inputs, None, bitrate="192k")
    joined = await join_video(inputs, sound, None, BurnedCaptions(ass=text, preset=frame, on_frames=report))
    assert joined.missing_letters == "".join(letter for letter in MISSING_LETTERS if letter in text)
    return joined.path


@slow
@pytest.mark.parametrize("fps", [15, 30, 60])
async def test_captions_are_in_exactly_the_frames_of_their_cues_and_no_frame_is_lost(tmp_path: Path, fps: int) -> None:
    inputs = make_spoken_inputs(tmp_path, LESSON, fps)
    options = VideoOptions()
    video = await burn(inputs, options)
    pictures = decode_frames(video, (640, 360))
    assert len(pictures) == inputs.timeline.frames
    drawn_in = [bool(find_ink(picture[250:], 40).sum() > 50) for picture in pictures]
    expected = [False] * inputs.timeline.frames
    for span, found in cut_captions(inputs, options):
        for cue in found:
            expected[span.start + cue.start : span.start + cue.end] = [True] * (cue.end - cue.start)
    for span in inputs.timeline.spans:
        expected[span.start] = drawn_in[span.start] = True  # each scene starts with a white frame
    assert drawn_in == expected


@slow
async def test_a_burned_video_has_all_properties_of_a_copied_one_but_the_caption_track(tmp_path: Path) -> None:
    inputs = make_spoken_inputs(tmp_path, LESSON, 30)
    media = await probe_media(await burn(inputs, VideoOptions()), FINISHED_VIDEO)
    picture, sound = media.tracks("video")[0], media.tracks("audio")[0]
    assert media.tracks("subtitle") == ()
    assert (picture.frames, picture.r_frame_rate, picture.pix_fmt) == (330, "30/1", "yuv420p")
    assert (picture.color_space, picture.color_primaries, picture.color_transfer, picture.color_range) == (
        "bt709", "bt709", "bt709", "tv",
    )  # fmt: skip
    assert (picture.seconds, sound.seconds) == (pytest.approx(11, abs=1e-5), pytest.approx(11, abs=1e-5))
    assert len(media.chapters) == 2


@slow
async def test_encoding_progress_is_reported_to_the_last_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "PROGRESS_INTERVAL_SECONDS", 0.01)
    reported: list[int] = []
    await burn(make_spoken_inputs(tmp_path, LESSON, 60), VideoOptions(), reported)
    assert reported == sorted(reported)
    assert reported[-1] == 660


@slow
async def test_burning_that_takes_too_long_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "TIMEOUT_MARGIN_SECONDS", -10.99)
    monkeypatch.setattr(join, "MIN_PIXELS_PER_SECOND", 10**12)
    with pytest.raises(ProcessFailed, match="timed out"):
        await burn(make_spoken_inputs(tmp_path, LESSON, 30), VideoOptions())


@slow
async def test_letters_that_no_font_has_are_reported(tmp_path: Path) -> None:
    await burn(
        make_spoken_inputs(tmp_path, f"One {MISSING_LETTERS} two.", 15), VideoOptions()
    )  # which looks at what was report


@slow
async def test_burning_again_gives_the_same_bytes(tmp_path: Path) -> None:
    inputs = make_spoken_inputs(tmp_path, LESSON, 30)
    options = VideoOptions(captions="karaoke")
    assert (await burn(inputs, options)).read_bytes() == (await burn(inputs, options)).read_bytes()


@slow
@pytest.mark.parametrize(("language", "text"), [("en", LESSON), ("ar", ARABIC)])
async def test_the_word_being_spoken_is_highlighted_from_its_first_frame(
    tmp_path: Path, language: str, text: str
) -> None:
    inputs = make_spoken_inputs(tmp_path, text, 30, language=language)
    options = VideoOptions(captions="karaoke")
    pictures = decode_frames(await burn(inputs, options), (640, 360))
    ((_, _), (span, found)) = cut_captions(inputs, options)
    highlight = style_for("16:9", "dark", language, width=640, height=360).spoken
    off = []
    for cue in found:
        line = cue.lines[0]
        places = []
        for word in line:
            frame = span.start + int(word.start * 30 + 1e-6)
            before, at = (matches_colour(pictures[n][250:], highlight, 40).any(axis=0) for n in (frame - 1, frame))
            changed = np.flatnonzero(at & ~before)
            assert changed.size, f"{word.text} is not highlighted in frame {frame}"
            places.append(changed.mean())
            off.append(frame / 30 - span.start / 30 - word.start)
        ordered = sorted(places, reverse=language == "ar")
        assert places == ordered  # from right to left in Arabic
    worst = 1000 * max(map(abs, off))
    print(
        f"{language}: words are highlighted {1000 * statistics.median(map(abs, off)):.1f} ms early (worst {worst:.1f})"
    )
    assert all(-1 / 30 <= each <= 1e-6 for each in off)


def test_captions_are_in_step_with_the_words_they_show() -> None:
    """Prints how far, in milliseconds, for a voice whose word times are known."""
    words = speak(LESSON * 3, pace=0.0613)
    for fps in (15, 30, 60):
        timeline = build_timeline(fps, [(1, "One", 5 * fps), (2, "Two", 60 * fps)])
        found = cut_cues(words, 60 * fps, fps, limits_for("16:9", "en"))
        text = format_vtt([(timeline.spans[0], ()), (timeline.spans[1], found)], timeline, karaoke=True)
        starts = re.findall(r"^([\d:.]+) -->", text, re.MULTILINE)
        stamps = re.findall(r"<([\d:.]+)>", text)
        firsts = [cue.words()[0] for cue in found]
        others = [word for cue in found for word in cue.words()[1:]]
        begin = [
            parse_milliseconds(stamp) - 5000 - 1000 * word.start for stamp, word in zip(starts, firsts, strict=True)
        ]
        words_off = [
            parse_milliseconds(stamp) - 5000 - 1000 * word.start for stamp, word in zip(stamps, others, strict=True)
        ]
        for name, off in (("cues", begin), ("karaoke words", words_off)):
            shown = [abs(each) for each in off]
            print(f"{fps} fps, {name}: median {statistics.median(shown):.1f} ms, worst {max(shown):.1f} ms")
        assert all(-1000 / fps - 0.5 <= each <= 0.5 for each in begin)
        assert all(abs(each) <= 0.51 for each in words_off)


def parse_milliseconds(stamp: str) -> float:
    hours, minutes, seconds = (["0", *stamp.split(":")] if stamp.count(":") == 1 else stamp.split(":"))[-3:]
    return (int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000


@given(st.integers(0, 1_000_000), st.sampled_from([15, 30, 60]))
def test_caption_times_lie_between_their_frame_and_the_one_before(frame: int, fps: int) -> None:
    at = time_in_frame(frame, fps)
    assert at % 10 == 0
    assert at <= int(frame * 1000 / fps - 1e-6) or frame == 0
    assert at > int((frame - 1) * 1000 / fps) or frame == 0


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("language", ["en", "ar", "hi"])
def test_two_lines_stay_low_and_inside_the_picture(aspect: Aspect, language: str) -> None:
    words = {"en": speak(LESSON), "ar": speak(ARABIC), "hi": speak("पौधे प्रकाश और पानी से भोजन बनाते हैं।")}[language]
    width, height = SIZES[aspect]
    found, timeline = cut_into_scene(words, language, aspect)
    moved = [
        (span, [msgspec.structs.replace(max(cues_, key=lambda cue: sum(map(len, cue.lines))), start=0, end=30)])
        for span, cues_ in found
    ]
    picture = find_ink(
        draw_still(
            format_ass(moved, timeline, style_for(aspect, "dark", language, width=width, height=height)),
            (width, height),
        )
    )
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    units = frame_shape(width, height)
    with tempconfig({"frame_width": units[0], "frame_height": units[1]}):
        lowest = height * (0.5 - frame.body.bottom / frame.height)
    assert rows[0] > lowest - 2, "the kit keeps the picture above the captions and the outline of their letters"
    assert rows[-1] < height * (0.8 if aspect == "9:16" else 0.985), "upright, platforms draw over the lowest fifth"
    assert columns[0] > width * 0.05
    assert columns[-1] < width * 0.95
    assert abs((columns[0] + columns[-1]) / 2 - width / 2) < width * 0.02


def test_both_lines_of_a_caption_have_letters_of_one_size() -> None:
    long = "Donaudampfschifffahrtsgesellschaft" * 2
    found, timeline = cut_into_scene(speak(f"Short and {long}"), "en", "16:9")
    words = [word for _, cues_ in found for cue in cues_ for word in cue.words()]
    cue = msgspec.structs.replace(found[0][1][0], lines=((words[0],), tuple(words[1:])), start=0, end=30)

    text = format_ass([(found[0][0], [cue])], timeline, style_for("16:9", "dark", "en", width=1280, height=720))

    sizes = re.findall(r"\\pos\([^)]*\)(?:\\fs([\d.]+))?", text)
    assert len(sizes) == 2
    assert sizes[0] == sizes[1] != ""


def test_a_word_longer_than_the_picture_is_set_smaller() -> None:
    columns = np.flatnonzero(
        find_ink(draw_still(format_one_caption("Donaudampfschifffahrtsgesellschaft" * 4), (1280, 720))).any(axis=0)
    )
    assert columns[0] > 50
    assert columns[-1] < 1230


@pytest.mark.parametrize("text", [r"{\pos(640,50)}x", r"{\alpha&HFF&}x", r"a\Nb", "{}", r"\{\pos(640,50)}x", "{*}x"])
def test_text_that_looks_like_styling_is_drawn_as_text(text: str) -> None:
    picture = find_ink(draw_still(format_one_caption(text), (1280, 720)))
    plain = find_ink(
        draw_still(format_one_caption(text.replace("{", "(").replace("}", ")").replace("\\", "/")), (1280, 720))
    )
    assert not picture[:600].any()
    assert np.ptp(np.flatnonzero(picture.any(axis=0))) > 0.8 * np.ptp(np.flatnonzero(plain.any(axis=0)))
    assert np.ptp(np.flatnonzero(picture.any(axis=1))) < 45  # one line


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_drawn_colours_are_those_of_the_theme(theme: str) -> None:
    style = style_for("16:9", theme, "en", width=1280, height=720)
    timeline = build_timeline(30, [(1, "One", 30)])
    words = (Word(text="IIIIIIII", start=0.0, end=1.0, beat=0), Word(text="HHHHHH", start=1.0, end=1.0, beat=0))
    text = format_ass(
        [(timeline.spans[0], cut_cues(words, 30, 30, limits_for("16:9", "en")))],
        timeline,
        adjust_for_burning(style),
        karaoke=True,
    )
    back = "0x{:02X}{:02X}{:02X}".format(*style.outline)
    picture = draw_still(text, (1280, 720), back)
    for colour in (style.spoken, style.text):
        assert matches_colour(picture, colour, 5).sum() > 100


def test_letters_of_another_script_are_as_large_as_their_neighbours() -> None:
    alone, among = (
        np.flatnonzero(find_ink(draw_still(text, (1280, 720))).any(axis=1))
        for text in (format_one_caption("HHHH"), format_one_caption("HHHH", language="ar"))
    )
    assert np.ptp(alone) == pytest.approx(np.ptp(among), abs=2)


def test_every_language_has_a_font_of_its_script() -> None:
    tags = {
        "en": "Latn", "ru": "Latn", "ar-EG": "Arab", "fa": "Arab", "he": "Hebr", "hi": "Deva", "zh-CN": "Hans",
        "zh-TW": "Hant", "zh-Hant": "Hant", "zh_HK": "Hant", "ja": "Jpan", "ko-KR": "Kore", "th": "Thai",
    }  # fmt: skip
    assert {tag: font_script(tag) for tag in tags} == tags
    assert set(tags.values()) <= set(FONTS)


def test_karaoke_highlights_nothing_in_a_pause_and_plain_captions_are_one_event_per_line() -> None:
    first, second = speak("Look here."), speak("now.", start=2.5)
    timeline = build_timeline(30, [(1, "One", 120)])
    found = [(timeline.spans[0], cut_cues((*first, *second), 120, 30, limits_for("16:9", "en")))]
    style = style_for("16:9", "dark", "en", width=1280, height=720)
    events = [
        line.split(",,", 1)[1]
        for line in format_ass(found, timeline, style, karaoke=True).splitlines()
        if "Dialogue" in line
    ]
    highlighted = [re.findall(r"50B7FF&\}(.*?)\{", event) for event in events]
    assert highlighted == [["Look"], ["here."], [], ["now."]]
    assert sum("Dialogue" in line for line in format_ass(found, timeline, style).splitlines()) == 1


@given(st.lists(st.tuples(st.text("ab{}\\N植。ضوء ", min_size=1, max_size=9), st.booleans()), min_size=1, max_size=20))
def test_ass_has_the_same_text_as_the_other_files(texts: list[tuple[str, bool]]) -> None:
    words = tuple(
        Word(text=text, start=n * 0.4, end=n * 0.4 + 0.3, beat=0, glued=glued) for n, (text, glued) in enumerate(texts)
    )
    found, timeline = cut_into_scene(words, "en")
    style = style_for("16:9", "dark", "en", width=1280, height=720)
    events = [
        line.split(",", 9)[9] for line in format_ass(found, timeline, style).splitlines() if line.startswith("Dialogue")
    ]
    plain = [re.sub(r"(?<!\\)\{[^}]*\}", "", event) for event in events]
    texts_drawn = [line.replace("\\{", "{").replace("\\}", "}").replace("\u2060", "") for line in plain]
    blocks = (
        format_srt(found, timeline).replace("\u2060", "").strip("\n").split("\n\n")
        if any(t.strip() for t, _ in texts)
        else []
    )
    assert texts_drawn == [line for block in blocks for line in block.split("\n")[2:]]


def test_chinese_is_drawn_without_spaces_in_one_font() -> None:
    found, timeline = cut_into_scene(speak_unspaced("植物|用|光。"), "zh")
    text = format_ass(found, timeline, style_for("16:9", "dark", "zh", width=1280, height=720))
    assert text.rstrip().endswith("}植物用光。")
    assert "Noto Sans CJK SC" in text


def test_encoded_frames_are_read_from_ffmpeg_s_progress_file() -> None:
    assert parse_frames("frame=12\nfps=3\nprogress=continue\nframe=  48\nprogress=end\n") == 48
    assert parse_frames("") == parse_frames("frame=N/A\n") == 0
