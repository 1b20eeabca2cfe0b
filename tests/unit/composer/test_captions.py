"""Captions are readable: every word once, few to a line, in step with the voice, inside their scene."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.composer.films import script

from lectern.composer.captions import Cue, chapters_vtt, cues, guide, srt, vtt
from lectern.composer.captions.lines import width
from lectern.composer.captions.sentences import sentences
from lectern.composer.timeline import lay_out
from lectern.composer.transcript import transcript
from lectern.contracts.narration import Word
from lectern.contracts.quality import ASPECTS, Aspect

WIDE = guide("16:9", "en")
LESSON = (
    "Plants make their own food. They take in light, water and carbon dioxide, and turn them into glucose through a "
    "process that is called photosynthesis, which happens inside the chloroplasts of every green cell. Yes. Oxygen is "
    "what is left over, and Dr. Smith says that we breathe it because the plants do not need all of it themselves."
)


def spoken(text: str, *, pace: float = 0.07, pause: float = 0.35, start: float = 0.2) -> tuple[Word, ...]:
    """The words of a text as a steady voice says them: `pace` seconds a character, `pause` after punctuation."""
    words, now = [], start
    for word in text.split():
        length = pace * len(word)
        words.append(Word(text=word, start=now, end=now + length, beat=0))
        now += length + (pause if word[-1] in ".,;:" else 0.05)
    return tuple(words)


def lines_of(cue: Cue) -> list[str]:
    return [" ".join(word.text for word in line) for line in cue.lines]


def made(text: str, aspect: Aspect = "16:9", fps: int = 30) -> tuple[Cue, ...]:
    words = spoken(text)
    return cues(words, round((words[-1].end + 0.5) * fps), fps, guide(aspect, "en"))


_tokens = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=14)
_long_tokens = st.text("abcdefgh", min_size=30, max_size=60)
_punctuated = st.builds(str.__add__, _tokens, st.sampled_from(["", "", "", ",", ".", "?", ";"]))


@st.composite
def narrations(draw: st.DrawFn) -> tuple[tuple[Word, ...], int, int]:
    """Words said one after the other, with pauses, in a scene of so many frames at so many a second."""
    texts = draw(st.lists(st.one_of(_punctuated, _punctuated, _long_tokens), max_size=60))
    words, now, beat = [], draw(st.floats(0, 2)), 0
    for text in texts:
        length = draw(st.floats(0.1, 1.5))
        words.append(Word(text=text, start=now, end=now + length, beat=beat))
        now += length + draw(st.sampled_from([0.0, 0.0, 0.05, 0.3, 1.2]))
        beat += draw(st.booleans()) and text.endswith(".")
    fps = draw(st.sampled_from([15, 30, 60]))
    return tuple(words), max(1, round((now + draw(st.floats(0, 2))) * fps)), fps


@given(narrations(), st.sampled_from(ASPECTS))
def test_every_word_is_shown_once_and_in_order(scene: tuple[tuple[Word, ...], int, int], aspect: Aspect) -> None:
    words, frames, fps = scene
    shown = [word for cue in cues(words, frames, fps, guide(aspect, "en")) for word in cue.words()]
    assert shown == list(words)


@given(narrations(), st.sampled_from(ASPECTS))
def test_lines_are_at_most_two_and_short_unless_one_word_is_longer(
    scene: tuple[tuple[Word, ...], int, int], aspect: Aspect
) -> None:
    words, frames, fps = scene
    limits = guide(aspect, "en")
    for cue in cues(words, frames, fps, limits):
        assert 1 <= len(cue.lines) <= 2
        assert all(
            len(line) == 1 or len(text) <= limits.chars for line, text in zip(cue.lines, lines_of(cue), strict=True)
        )


@given(narrations(), st.sampled_from(ASPECTS))
def test_cues_follow_each_other_inside_their_scene(scene: tuple[tuple[Word, ...], int, int], aspect: Aspect) -> None:
    words, frames, fps = scene
    found = cues(words, frames, fps, guide(aspect, "en"))
    assert all(0 <= cue.start < cue.end <= frames for cue in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(cue.end - cue.start <= max(7 * fps, 1) for cue in found)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), max_size=40), st.sampled_from([15, 30, 60]))
def test_words_whose_times_make_no_sense_still_give_cues_in_order(times: list[tuple[float, float]], fps: int) -> None:
    words = tuple(Word(text=f"word{n}.", start=start, end=end, beat=0) for n, (start, end) in enumerate(times))
    found = cues(words, 5 * fps, fps, WIDE)
    assert [word for cue in found for word in cue.words()] == list(words)
    assert all(0 <= cue.start < cue.end <= 5 * fps for cue in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(narrations())
def test_a_cue_comes_within_three_frames_of_its_first_word(scene: tuple[tuple[Word, ...], int, int]) -> None:
    words, frames, fps = scene
    for cue in cues(words, frames, fps, WIDE):
        assert abs(cue.start - cue.words()[0].start * fps) <= 3


@given(narrations())
def test_there_are_two_frames_between_cues_where_the_words_leave_room(scene: tuple[tuple[Word, ...], int, int]) -> None:
    words, frames, fps = scene
    for before, after in pairwise(cues(words, frames, fps, WIDE)):
        assert after.start - before.end >= 2 or before.end - before.start == 1


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("fps", [15, 30, 60])
def test_ordinary_speech_gives_cues_that_keep_every_limit(aspect: Aspect, fps: int) -> None:
    for cue in made(LESSON, aspect, fps):
        seconds = (cue.end - cue.start) / fps
        assert 5 / 6 - 1 / fps <= seconds <= 7
        assert width([word.text for word in cue.words()]) / seconds <= 20


def test_cues_end_where_sentences_and_clauses_do() -> None:
    assert [lines_of(cue) for cue in made(LESSON)] == [
        ["Plants make their own food."],
        ["They take in light,", "water and carbon dioxide,"],
        ["and turn them into glucose through a", "process that is called photosynthesis,"],
        ["which happens inside the chloroplasts", "of every green cell. Yes."],
        ["Oxygen is what is left over,", "and Dr. Smith says that we breathe it"],
        ["because the plants do not need all", "of it themselves."],
    ]  # fmt: skip


def test_narrow_pictures_get_shorter_lines() -> None:
    assert max(len(line) for cue in made(LESSON, "9:16") for line in lines_of(cue)) <= 28
    assert max(len(line) for cue in made(LESSON, "1:1") for line in lines_of(cue)) <= 32


def test_no_line_ends_with_an_article_when_there_is_a_better_place() -> None:
    lines = [line for cue in made(LESSON, "9:16") for line in lines_of(cue)]
    assert not [line for line in lines if line.split()[-1] in {"a", "the", "of", "and", "is", "Dr."}]


def test_a_cue_is_not_held_over_a_long_silence() -> None:
    first, second = spoken("Watch this."), spoken("There it goes.", start=6.0)
    found = cues((*first, *second), 300, 30, WIDE)
    assert [cue.start for cue in found] == [6, 180]
    assert found[0].end < 3 * 30


def test_a_short_pause_between_cues_is_closed_to_two_frames() -> None:
    found = made(LESSON)
    assert {after.start - before.end for before, after in pairwise(found)} == {2}


def test_silence_has_no_captions() -> None:
    assert cues((), 300, 30, WIDE) == ()


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    text = 'Dr. Smith works in the U.S. today. "Really?" Yes, e.g. here. It is 3.5 m.'
    assert sentences(text) == ("Dr. Smith works in the U.S. today.", '"Really?"', "Yes, e.g. here.", "It is 3.5 m.")


def _files(text: str, *, karaoke: bool = False) -> tuple[str, str]:
    words = spoken(text, start=0.5)
    timeline = lay_out(30, [(1, "One", 45), (2, "Two", 150)])
    placed = [(timeline.spans[0], ()), (timeline.spans[1], cues(words, 150, 30, WIDE))]
    return vtt(placed, timeline, karaoke=karaoke), srt(placed, timeline)


def test_files_say_when_cues_come_counted_from_the_start_of_the_video() -> None:
    as_vtt, as_srt = _files("Hello there.")
    assert as_vtt == "WEBVTT\n\n1\n00:00:02.000 --> 00:00:02.833\nHello there.\n"
    assert as_srt == "1\n00:00:02,000 --> 00:00:02,833\nHello there.\n"


def test_what_looks_like_markup_in_the_text_is_shown_as_text() -> None:
    as_vtt, as_srt = _files(r"if a<b & {x} --> \nabla")
    assert "if a&lt;b &amp; {x} --&gt; \\\u2060nabla\n" in as_vtt
    assert "if a<b & {x} → \\\u2060nabla\n" in as_srt


def test_karaoke_times_each_word_inside_its_cue_and_only_in_webvtt() -> None:
    as_vtt, as_srt = _files("Light makes sugar.", karaoke=True)
    assert "Light <00:00:02.400>makes <00:00:02.800>sugar." in as_vtt
    assert "<" not in as_srt


@given(narrations())
def test_karaoke_times_rise_between_the_cue_s_own(scene: tuple[tuple[Word, ...], int, int]) -> None:
    words, frames, fps = scene
    words = tuple(msgspec.structs.replace(word, text="word") for word in words)
    timeline = lay_out(fps, [(1, "One", frames)])
    text = vtt([(timeline.spans[0], cues(words, frames, fps, WIDE))], timeline, karaoke=True)
    for block in text.split("\n\n")[1:]:
        stamps = block.replace("<", "\n").replace(">", "\n").replace(" --", "\n").split("\n")
        times = [line.strip() for line in stamps if line.strip()[:2] == "00"]
        inner = [times[0], *times[2:], times[1]] if times else []
        assert inner == sorted(set(inner))


def test_chapters_are_the_scenes_titles() -> None:
    timeline = lay_out(15, [(1, "Light & dark", 31), (2, "Sugar", 30)])
    assert chapters_vtt(timeline) == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.067\nLight &amp; dark\n\n2\n00:00:02.067 --> 00:00:04.067\nSugar\n"
    )


def test_the_transcript_reads_title_scenes_sentences_sources() -> None:
    timeline = lay_out(30, [(1, "Part 1: & more", 2000), (2, "Part 2: & more", 30)])
    assert transcript(script(2), timeline) == (
        "Leaves = sugar; #1\n\n"
        "1. Part 1: & more (0:00)\n\nLight falls on a leaf.\nThe leaf keeps it, and makes sugar from it.\n\n"
        "2. Part 2: & more (1:06)\n\nLight falls on a leaf.\nThe leaf keeps it, and makes sugar from it.\n\n"
        "Sources\n\nA book about leaves\n"
    )
