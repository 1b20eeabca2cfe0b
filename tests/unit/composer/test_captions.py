"""Captions are readable: every word once, few to a line, in step with the voice, inside their scene."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.composer.sample_inputs import sample_narration, sample_script

from lectern.composer.captions import (
    Cue,
    ReadingLimits,
    cut_cues,
    format_ass,
    format_chapters_vtt,
    format_srt,
    format_vtt,
    limits_for,
    style_for,
)
from lectern.composer.captions.line_text import (
    END_OF_EMBEDDING,
    RIGHT_TO_LEFT_EMBEDDING,
    count_columns,
    embed_line,
    join_words,
)
from lectern.composer.captions.phrases import can_break
from lectern.composer.timeline import build_timeline
from lectern.composer.transcript import TimedTranscript, format_timed_transcript, format_transcript
from lectern.contracts.narration import Word
from lectern.contracts.notes import Note
from lectern.contracts.quality import ASPECTS, Aspect

LANDSCAPE = limits_for("16:9", "en")
LESSON = (
    "Plants make their own food. They take in light, water and carbon dioxide, and turn them into glucose through a "
    "process that is called photosynthesis, which happens inside the chloroplasts of every green cell. Yes. Oxygen is "
    "what is left over, and Dr. Smith says that we breathe it because the plants do not need all of it themselves."
)


def speak(text: str, *, pace: float = 0.07, pause: float = 0.35, start: float = 0.2) -> tuple[Word, ...]:
    """Times the words of a text for a steady voice: `pace` seconds a character, `pause` after punctuation."""
    words, now = [], start
    for word in text.split():
        length = pace * len(word)
        words.append(Word(text=word, start=now, end=now + length, beat=0))
        now += length + (pause if word[-1] in ".,;:" else 0.05)
    return tuple(words)


def lines_of(cue: Cue) -> list[str]:
    return [join_words(line) for line in cue.lines]


def cut_text(text: str, aspect: Aspect = "16:9", fps: int = 30) -> tuple[Cue, ...]:
    words = speak(text)
    return cut_cues(words, round((words[-1].end + 0.5) * fps), fps, limits_for(aspect, "en"))


_tokens = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=14)
_long_tokens = st.text("abcdefgh", min_size=30, max_size=60)
_latin = st.builds(str.__add__, _tokens, st.sampled_from(["", "", "", ",", ".", "?", ";"]))
_han = st.one_of(
    st.text("植物用光合作成糖分叶绿素的了水氧气能量転変ひらがなカタカナ", min_size=1, max_size=6),
    st.sampled_from(
        ["。", "，", "、", "」", "「", "（", "）", "！？", "ー", "っ", "ATP", "CO₂", "“", "”", "3.5", "》。"]
    ),
)
_arabic = st.one_of(
    st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=9),
    st.sampled_from(["DNA", "؟", "الضوء،", "السكر.", "2024.", "(الماء)"]),
)
_korean = st.builds(
    str.__add__, st.text("식물은빛으로양분을만든다", min_size=1, max_size=7), st.sampled_from(["", "", ".", ","])
)
_SCRIPTS = {
    "en": st.one_of(_latin, _latin, _long_tokens),
    "zh-CN": _han,
    "ja": _han,
    "ar": _arabic,
    "ko": _korean,
    "th": st.text("กขคงจชซดตถทนบปพฟมยรลวสหอาะิีุู", min_size=1, max_size=9),
}
GLUED = {"zh-CN", "ja", "th"}
SpokenScene = tuple[tuple[Word, ...], int, int, str]


@st.composite
def narrations(draw: st.DrawFn) -> SpokenScene:
    """Generates spoken words with pauses between them, and their scene's frames, frame rate and language."""
    language = draw(st.sampled_from(sorted(_SCRIPTS)))
    texts = draw(st.lists(_SCRIPTS[language], max_size=60))
    words, now, beat, hurry = [], draw(st.floats(0, 2)), 0, draw(st.sampled_from([1.0, 0.1]))
    for text in texts:
        length = draw(st.floats(0.1, 1.5)) * hurry
        glued = language in GLUED and bool(draw(st.integers(0, 9)))
        words.append(Word(text=text, start=now, end=now + length, beat=beat, glued=glued))
        now += length + draw(st.sampled_from([0.0, 0.0, 0.05, 0.3, 1.2, 3.0]))
        beat += draw(st.booleans()) and text.endswith((".", "。"))
    fps = draw(st.sampled_from([15, 30, 60]))
    return tuple(words), max(1, round((now + draw(st.floats(0, 2))) * fps)), fps, language


def columns_of(text: str, limits: ReadingLimits) -> int:
    return count_columns(text, full_width=limits.full_width)


@given(narrations(), st.sampled_from(ASPECTS))
def test_every_word_is_shown_once_and_in_order(scene: SpokenScene, aspect: Aspect) -> None:
    words, frames, fps, language = scene
    shown = [word for cue in cut_cues(words, frames, fps, limits_for(aspect, language)) for word in cue.words()]
    assert shown == list(words)


@given(narrations(), st.sampled_from(ASPECTS))
def test_lines_are_at_most_two_and_short_unless_one_word_is_longer(scene: SpokenScene, aspect: Aspect) -> None:
    words, frames, fps, language = scene
    limits = limits_for(aspect, language)
    for cue in cut_cues(words, frames, fps, limits):
        assert 1 <= len(cue.lines) <= 2
        for line in cue.lines:
            if columns_of(join_words(line), limits) > limits.columns:
                assert len(line) == 1 or (len(line) == 2 and columns_of(line[0].text, limits) > limits.columns)


CLOSING, OPENING = set("。，、」）》”！？ーっ；："), set("「（《“")


def may_separate(before: Word, after: Word) -> bool:
    """Whether Chinese and Japanese let a line end between two words."""
    return before.text[-1] not in OPENING and after.text[0] not in CLOSING


@given(narrations(), st.sampled_from(ASPECTS))
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(scene: SpokenScene, aspect: Aspect) -> None:
    words, frames, fps, language = scene
    limits = limits_for(aspect, language)
    at = 0
    for line in [line for cue in cut_cues(words, frames, fps, limits) for line in cue.lines][:-1]:
        at += len(line)
        if not limits.full_width or may_separate(words[at - 1], words[at]):
            continue
        # The only excuse: what must stay together is longer than a line.
        first, last = at - 1, at + 1
        while first and not may_separate(words[first - 1], words[first]):
            first -= 1
        while last < len(words) and not may_separate(words[last - 1], words[last]):
            last += 1
        phrase = join_words(words[first:last])
        is_one_word = any(word.glued and word.text[0].isascii() for word in words[first:last])  # ATP|3.5 is one word
        assert is_one_word or columns_of(phrase, limits) > limits.columns


@given(narrations(), st.sampled_from(ASPECTS))
def test_cues_follow_each_other_inside_their_scene(scene: SpokenScene, aspect: Aspect) -> None:
    words, frames, fps, language = scene
    cues = cut_cues(words, frames, fps, limits_for(aspect, language))
    assert all(0 <= cue.start < cue.end <= frames for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))
    assert all(cue.end - cue.start <= max(7 * fps, 1) for cue in cues)


@given(narrations(), st.sampled_from(ASPECTS))
def test_a_cue_too_fast_to_read_stays_until_the_next_one_starts(scene: SpokenScene, aspect: Aspect) -> None:
    words, frames, fps, language = scene
    limits = limits_for(aspect, language)
    cues = cut_cues(words, frames, fps, limits)
    for cue, border in zip(cues, [*(after.start for after in cues[1:]), frames], strict=bool(cues)):
        chars = sum(columns_of(line, limits) for line in lines_of(cue))
        if chars / (cue.end - cue.start) * fps > limits.max_speed + 1e-9:
            full = cue.end >= border - limits.gap or cue.end - cue.start >= int(limits.max_seconds * fps)
            assert full or cue.end - cue.start == 1


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), max_size=40), st.sampled_from([15, 30, 60]))
def test_words_with_nonsensical_times_still_give_cues_in_order(times: list[tuple[float, float]], fps: int) -> None:
    words = tuple(Word(text=f"word{n}.", start=start, end=end, beat=0) for n, (start, end) in enumerate(times))
    cues = cut_cues(words, 5 * fps, fps, LANDSCAPE)
    assert [word for cue in cues for word in cue.words()] == list(words)
    assert all(0 <= cue.start < cue.end <= 5 * fps for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))


@given(narrations())
def test_a_cue_starts_within_three_frames_of_its_first_word(scene: SpokenScene) -> None:
    words, frames, fps, language = scene
    for cue in cut_cues(words, frames, fps, limits_for("16:9", language)):
        assert abs(cue.start - cue.words()[0].start * fps) <= 3


@given(narrations())
def test_there_are_two_frames_between_cues_where_the_words_leave_room(scene: SpokenScene) -> None:
    words, frames, fps, language = scene
    for before, after in pairwise(cut_cues(words, frames, fps, limits_for("16:9", language))):
        assert after.start - before.end >= 2 or before.end - before.start == 1


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("fps", [15, 30, 60])
def test_ordinary_speech_gives_cues_that_keep_every_limit(aspect: Aspect, fps: int) -> None:
    for cue in cut_text(LESSON, aspect, fps):
        seconds = (cue.end - cue.start) / fps
        assert 5 / 6 - 1 / fps <= seconds <= 7
        assert sum(map(len, lines_of(cue))) / seconds <= 20


def test_cues_end_where_sentences_and_clauses_do() -> None:
    assert [lines_of(cue) for cue in cut_text(LESSON)] == [
        ["Plants make their own food."],
        ["They take in light,", "water and carbon dioxide,"],
        ["and turn them into glucose through a", "process that is called photosynthesis,"],
        ["which happens inside the chloroplasts", "of every green cell. Yes."],
        ["Oxygen is what is left over,", "and Dr. Smith says that we breathe it"],
        ["because the plants do not need all", "of it themselves."],
    ]  # fmt: skip


def test_narrow_pictures_get_shorter_lines() -> None:
    assert max(len(line) for cue in cut_text(LESSON, "9:16") for line in lines_of(cue)) <= 28
    assert max(len(line) for cue in cut_text(LESSON, "1:1") for line in lines_of(cue)) <= 32


def test_no_line_ends_with_an_article_when_there_is_a_better_place() -> None:
    lines = [line for cue in cut_text(LESSON, "9:16") for line in lines_of(cue)]
    assert not [line for line in lines if line.split()[-1] in {"a", "the", "of", "and", "is", "Dr."}]


def test_a_cue_is_not_held_over_a_long_silence() -> None:
    first, second = speak("Watch this."), speak("There it goes.", start=6.0)
    cues = cut_cues((*first, *second), 300, 30, LANDSCAPE)
    assert [cue.start for cue in cues] == [6, 180]
    assert cues[0].end < 3 * 30


def test_no_cue_is_held_over_a_pause_that_the_script_asks_for() -> None:
    asked = speak("Which one?")
    told = [msgspec.structs.replace(word, beat=1) for word in speak("This one.", start=asked[-1].end + 1.2)]
    first, second = cut_cues((*asked, *told), 150, 30, LANDSCAPE)
    assert first.end < second.start - 15
    assert second.start == int(told[0].start * 30)


@pytest.mark.parametrize(("language", "speed"), [("en", 20), ("hi", 22)])
def test_hurried_speech_stays_on_screen_long_enough_to_read(language: str, speed: int) -> None:
    hasty = speak("and the rest of it all is told in far too little time.", pace=0.008, pause=0)
    first, second = cut_cues((*hasty, *speak("Then comes a rest.", start=6.0)), 300, 30, limits_for("16:9", language))
    chars = sum(map(len, lines_of(first)))
    assert chars / (hasty[-1].end - hasty[0].start + 1) > speed  # a second more would not be enough
    assert chars * 30 / (first.end - first.start) == pytest.approx(speed, rel=0.03)
    assert second.start == 180


def test_a_short_pause_between_cues_is_closed_to_two_frames() -> None:
    cues = cut_text(LESSON)
    assert {after.start - before.end for before, after in pairwise(cues)} == {2}


def test_silence_has_no_captions() -> None:
    assert cut_cues((), 300, 30, LANDSCAPE) == ()


def speak_unspaced(text: str, *, pace: float = 0.25, pause: float = 0.3) -> tuple[Word, ...]:
    """Times the words of a text without spaces, separated by `|`; each is glued to the one before."""
    words, now = [], 0.2
    for text_of_word in text.split("|"):
        length = pace * len(text_of_word)
        words.append(Word(text=text_of_word, start=now, end=now + length, beat=0, glued=bool(words)))
        now += length + (pause if text_of_word[-1] in "，。、" else 0.0)
    return tuple(words)


CHINESE = (
    "植物|用|阳光、|水|和|二氧化碳|制造|自己|的|食物。|这个|过程|叫做|“光合|作用”，|它|发生|在|叶绿体|里。"
    "|叶绿体|里|有|一种|绿色|的|色素，|叫|叶绿素|（Chlorophyll）。"
)  # fmt: skip
JAPANESE = "植物は|光と|水と|二酸化炭素から|自分の|栄養を|作ります。|これを|「光合成」と|呼びます。"


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize(("language", "text"), [("zh-CN", CHINESE), ("ja", JAPANESE)])
def test_chinese_and_japanese_keep_every_limit(language: str, text: str, aspect: Aspect) -> None:
    words, limits = speak_unspaced(text), limits_for(aspect, language)
    cues = cut_cues(words, round((words[-1].end + 0.5) * 30), 30, limits)
    assert "".join(line for cue in cues for line in lines_of(cue)) == text.replace("|", "")
    for cue in cues:
        assert all(count_columns(line, full_width=True) <= limits.columns for line in lines_of(cue))
        assert (
            sum(count_columns(line, full_width=True) for line in lines_of(cue)) * 30 / (cue.end - cue.start)
            <= limits.max_speed
        )


def test_chinese_breaks_between_words_and_keeps_particles_with_theirs() -> None:
    words = speak_unspaced(CHINESE)
    lines = [
        lines_of(cue) for cue in cut_cues(words, round((words[-1].end + 0.5) * 30), 30, limits_for("16:9", "zh-CN"))
    ]
    assert lines == [
        ["植物用阳光、", "水和二氧化碳制造自己的食物。"],
        ["这个过程叫做“光合作用”，", "它发生在叶绿体里。"],
        ["叶绿体里有一种绿色的色素，"],
        ["叫叶绿素（Chlorophyll）。"],
    ]


def test_line_lengths_of_other_scripts_follow_their_guides() -> None:
    assert {tag: limits_for("16:9", tag).columns // 2 for tag in ("zh-TW", "ja-JP", "ko")} == {
        "zh-TW": 16,
        "ja-JP": 13,
        "ko": 16,
    }
    assert {tag: limits_for("16:9", tag).columns for tag in ("en-GB", "ar", "ru", "th")} == {
        "en-GB": 42,
        "ar": 42,
        "ru": 39,
        "th": 35,
    }
    assert count_columns("光合作用。") == 10
    assert (count_columns("“光”", full_width=True), count_columns("“a”")) == (6, 3)
    assert count_columns("ที่นี่") == 2  # marks sit on their letters
    assert count_columns("क्या") == 3


def test_french_marks_after_a_space_stay_with_their_word() -> None:
    words = speak("Pourquoi les feuilles vertes captent-elles la lumière ? Parce que « chlorophylle » absorbe !")
    limits = limits_for("9:16", "fr")
    lines = [line for cue in cut_cues(words, 400, 30, limits) for line in lines_of(cue)]
    assert not [line for line in lines if line[0] in "?!»" or line[-1] == "«"]


def test_a_word_is_not_broken_even_if_the_voice_divided_it() -> None:
    parts = [Word(text="well-known", start=0, end=1, beat=0), Word(text="ness", start=1, end=2, beat=0, glued=True)]
    assert not can_break(*parts, LANDSCAPE)
    assert can_break(*speak_unspaced("植物|用"), limits_for("16:9", "zh"))


def test_right_to_left_lines_are_embedded_one_by_one_in_logical_order() -> None:
    words = speak("DNA هو جزيء يحمل التعليمات الوراثية في كل خلية، وهو موجود في نواة الخلية.", pace=0.1)
    timeline = build_timeline(30, [(1, "One", 400)])
    placed = [(timeline.spans[0], cut_cues(words, 400, 30, limits_for("9:16", "ar")))]
    for text in (format_srt(placed, timeline, rtl=True), format_vtt(placed, timeline, rtl=True)):
        lines = [line for line in text.split("\n") if any("\u0600" < letter < "\u0700" for letter in line)]
        assert len(lines) > 2
        assert all(line[0] == RIGHT_TO_LEFT_EMBEDDING and line[-1] == END_OF_EMBEDDING for line in lines)
        assert " ".join(line.strip(RIGHT_TO_LEFT_EMBEDDING + END_OF_EMBEDDING) for line in lines) == " ".join(
            word.text for word in words
        )
    assert RIGHT_TO_LEFT_EMBEDDING not in format_srt(placed, timeline)
    assert embed_line("", rtl=True) == ""


def test_files_join_glued_words_without_a_space() -> None:
    words = (*speak_unspaced("植物|用|光"), Word(text="ATP", start=2, end=2.5, beat=0))
    timeline = build_timeline(30, [(1, "One", 120)])
    placed = [(timeline.spans[0], cut_cues(words, 120, 30, limits_for("16:9", "zh")))]
    assert format_srt(placed, timeline).split("\n")[2] == "植物用光 ATP"
    assert format_vtt(placed, timeline).split("\n")[4] == "植物用光 ATP"
    karaoke = format_vtt(placed, timeline, karaoke=True).split("\n")[4]
    assert karaoke == "植物<00:00:00.700>用<00:00:00.950>光 <00:00:02.000>ATP"


def _format_files(text: str, *, karaoke: bool = False) -> tuple[str, str]:
    words = speak(text, start=0.5)
    timeline = build_timeline(30, [(1, "One", 45), (2, "Two", 150)])
    placed = [(timeline.spans[0], ()), (timeline.spans[1], cut_cues(words, 150, 30, LANDSCAPE))]
    return format_vtt(placed, timeline, karaoke=karaoke), format_srt(placed, timeline)


def test_cue_times_in_files_count_from_the_start_of_the_video() -> None:
    as_vtt, as_srt = _format_files("Hello there.")
    assert as_vtt == "WEBVTT\n\n1\n00:00:02.000 --> 00:00:02.833\nHello there.\n"
    assert as_srt == "1\n00:00:02,000 --> 00:00:02,833\nHello there.\n"


def test_text_that_looks_like_markup_is_shown_as_text() -> None:
    as_vtt, as_srt = _format_files(r"if a<b & {x} --> \nabla")
    assert "if a&lt;\u2060b &amp; {\u2060x} --&gt; \\\u2060nabla\n" in as_vtt
    assert "if a<\u2060b & {\u2060x} → \\\u2060nabla\n" in as_srt


@pytest.mark.parametrize(
    "text", [r"Say {\p1} now.", r"{\an8}Up", r"<i>not italic</i>", "{y:i}old", r"a\Nb\hc\n", "{*}"]
)
def test_a_caption_with_an_override_in_it_is_neither_dropped_nor_styled(text: str) -> None:
    for form, shown in zip(("vtt", "srt"), _format_files(text), strict=True):
        assert read_back(shown, form) == text
    assert re.search(r"\{\\|<[a-z/]|\{[a-z]:", "".join(_format_files(text))) is None, "players would take it for markup"


def read_back(text: str, form: str) -> str:
    """Reads all words of a caption file as players show them: tags and overrides removed, entities resolved."""
    if form == "ass":
        dialogue = [line.split(",", 9)[9] for line in text.splitlines() if line.startswith("Dialogue:")]
        found = re.sub(r"(\\[{}])|\{[^}]*\}", lambda match: (match[1] or "")[1:], " ".join(dialogue))
    else:
        blocks = text.rstrip("\n").split("\n\n")[1 if form == "vtt" else 0 :]
        found = " ".join(line for block in blocks for line in block.split("\n")[2:])
    if form == "vtt":
        found = html.unescape(re.sub(r"<[^>]*>", "", found))
    return found.replace("\u2060", "")


_markup = st.text("{}\\\\<>/&;:*!-=#1234abchinNpkfsryPK\N{KANGXI RADICAL ONE}é", min_size=1, max_size=10)
_overrides = st.sampled_from(
    [r"{\p1}", r"{\an8}", r"\N", r"\h", "<i>", "</b>", "<00:00:01.000>", "&amp;", "{y:i}", "{", "}", "\\", "{\\"]
)


@given(st.lists(st.one_of(_overrides, _markup, _tokens), min_size=1, max_size=12), st.booleans())
def test_every_word_that_is_spoken_is_in_every_caption_file(words: list[str], karaoke: bool) -> None:
    spoken = speak(" ".join(words), start=0.5)
    frames = round((spoken[-1].end + 1) * 30)
    timeline = build_timeline(30, [(1, "One", frames)])
    placed = [(timeline.spans[0], cut_cues(spoken, frames, 30, LANDSCAPE))]
    expected = " ".join(words)
    assert read_back(format_vtt(placed, timeline, karaoke=karaoke), "vtt") == expected
    assert read_back(format_srt(placed, timeline), "srt") == expected.replace("-->", "→")
    style = style_for("16:9", "dark", "en", width=854, height=480)
    assert read_back(format_ass(placed, timeline, style), "ass") == expected


def test_karaoke_times_each_word_inside_its_cue_and_only_in_webvtt() -> None:
    as_vtt, as_srt = _format_files("Light makes sugar.", karaoke=True)
    assert "Light <00:00:02.400>makes <00:00:02.800>sugar." in as_vtt
    assert "<" not in as_srt


@given(narrations())
def test_karaoke_times_rise_between_those_of_their_cue(scene: SpokenScene) -> None:
    words, frames, fps, _ = scene
    words = tuple(msgspec.structs.replace(word, text="word") for word in words)
    timeline = build_timeline(fps, [(1, "One", frames)])
    text = format_vtt([(timeline.spans[0], cut_cues(words, frames, fps, LANDSCAPE))], timeline, karaoke=True)
    for block in text.split("\n\n")[1:]:
        stamps = block.replace("<", "\n").replace(">", "\n").replace(" --", "\n").split("\n")
        times = [line.strip() for line in stamps if line.strip()[:2] == "00"]
        inner = [times[0], *times[2:], times[1]] if times else []
        assert inner == sorted(set(inner))


def test_chapters_are_the_scenes_titles() -> None:
    timeline = build_timeline(15, [(1, "Light & dark", 31), (2, "Sugar", 30)])
    assert format_chapters_vtt(timeline) == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.067\nLight &amp; dark\n\n2\n00:00:02.067 --> 00:00:04.067\nSugar\n"
    )


def test_the_transcript_has_title_scenes_sentences_and_sources() -> None:
    timeline = build_timeline(30, [(1, "Part 1: & more", 2000), (2, "Part 2: & more", 30)])
    assert format_transcript(sample_script(2), timeline) == (
        "Leaves = sugar; #1\n\n"
        "1. Part 1: & more (0:00)\n\nLight falls on a leaf.\nThe leaf keeps it, and makes sugar from it.\n\n"
        "2. Part 2: & more (1:06)\n\nLight falls on a leaf.\nThe leaf keeps it, and makes sugar from it.\n\n"
        "Sources\n\nA book about leaves\n"
    )


def test_the_transcript_ends_with_what_its_reader_should_know() -> None:
    notes = (
        Note(code="voice-replaced", text="The voice X could not be used. It is spoken by Y instead."),
        Note(code="doubt", text="To be checked: Leaves are blue. (They are green.)"),
    )
    timeline = build_timeline(30, [(1, "Part 1: & more", 30)])
    assert format_transcript(sample_script(1), timeline, notes).endswith(
        "Sources\n\nA book about leaves\n\n"
        "Notes\n\nThe voice X could not be used. It is spoken by Y instead.\n"
        "To be checked: Leaves are blue. (They are green.)\n"
    )


def test_the_timed_transcript_says_when_each_sentence_and_word_is_spoken() -> None:
    script = sample_script(2)
    timeline = build_timeline(30, [(1, "One", 300), (2, "Two", 150)])
    narrations = [sample_narration(10.0, 480_000), sample_narration(5.0, 240_000)]
    text = format_timed_transcript(script, timeline, narrations)
    timed = msgspec.json.decode(text, type=TimedTranscript)
    assert (timed.seconds, [(scene.start, scene.end) for scene in timed.scenes]) == (15.0, [(0, 10), (10, 15)])
    for scene, narration in zip(timed.scenes, narrations, strict=True):
        assert [sentence.text for sentence in scene.sentences] == [
            "Light falls on a leaf.",
            "The leaf keeps it, and makes sugar from it.",
        ]
        words = [word for sentence in scene.sentences for word in sentence.words]
        assert [word.text for word in words] == [word.text for word in narration.words]
        assert words[-1].end == pytest.approx(scene.start + narration.words[-1].end, abs=0.001)
        assert all(sentence.start == sentence.words[0].start for sentence in scene.sentences)


def test_glued_words_make_sentences_without_spaces() -> None:
    narration = sample_narration(2.0, 96_000, "光が 葉に 当たる。 糖が できる。")
    words = tuple(msgspec.structs.replace(word, glued=place > 0) for place, word in enumerate(narration.words))
    script = msgspec.structs.replace(sample_script(1), language="ja")
    timeline = build_timeline(30, [(1, "光", 60)])
    text = format_timed_transcript(script, timeline, [msgspec.structs.replace(narration, words=words)])
    scene = msgspec.json.decode(text, type=TimedTranscript).scenes[0]
    assert [sentence.text for sentence in scene.sentences] == ["光が葉に当たる。", "糖ができる。"]
