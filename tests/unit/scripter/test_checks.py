"""What is found wrong with a script, and what is set right without a model: for any text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.markdown.scripts import MARKS

from lectern.contracts import script as s
from lectern.language.words import count_words
from lectern.llm import fence
from lectern.markdown import limits, parse, render
from lectern.scripter.model import answers
from lectern.scripter.model.checks import LONGEST, UNSPEAKABLE, Wanted, findings, scene_seconds
from lectern.scripter.model.drafting import draft
from lectern.scripter.model.mending import mended
from lectern.scripter.model.plain import has_address, has_markup, plain, plain_title, symbols

SENTENCE = "Sunlight is a mixture of all the colours, and the air scatters blue light far more than red light."
thorough = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

words = st.sampled_from(
    [SENTENCE, "Why?", "And so on,", "Dr. Li met J. S. Bach.", "**bold**", "see https://example.org", "\\frac{a}{b}",
     "a² = b", "<b>", "`x`", "- ", "# ", "[pause]", "[a](http://b.c)", "…", "", "为什么天空是蓝色的？", *MARKS]
)  # fmt: skip
texts = st.lists(words, max_size=8).map(" ".join)
beats = st.builds(
    answers.WrittenBeat, text=texts, spoken=st.one_of(st.just(""), texts), show=texts, speaker=st.just("")
)
pictures = st.builds(
    answers.WrittenVisual, kind=st.sampled_from([*answers.VISUALS, "manim", "x"]), style=words, content=texts
)
written = st.builds(
    answers.WrittenScene, title=words, beats=st.lists(beats, max_size=6), visual=st.one_of(st.none(), pictures)
)
narrations = st.builds(answers.Narration, scenes=st.lists(written, min_size=1, max_size=5))
planned = st.builds(answers.PlannedScene, title=words, purpose=words, shows=words)
plans = st.builds(
    answers.Plan,
    title=words,
    scenes=st.lists(planned, min_size=1, max_size=3),
    symbols=st.lists(st.builds(answers.PlannedSymbol, name=words, colour=words, meaning=words), max_size=3),
)
wishes = st.builds(Wanted, seconds=st.integers(0, 300), scenes=st.integers(0, 5), rate=st.sampled_from([0.5, 1.0, 2.0]))


def script_of(*scenes: list[str]) -> s.Script:
    made = tuple(s.Scene(title="S", beats=tuple(s.Beat(text=text) for text in beats)) for beats in scenes)
    return s.Script(title="T", scenes=made)


def rules(script: s.Script, **wanted: object) -> set[str]:
    return {each.rule for each in findings(script, Wanted(**wanted))}  # type: ignore[arg-type]


GOOD = script_of([SENTENCE] * 3, [SENTENCE] * 3)


def test_a_good_script_has_no_findings() -> None:
    assert findings(GOOD, Wanted(seconds=45, scenes=2)) == ()


@pytest.mark.parametrize(
    ("script", "wanted", "rule"),
    [
        (script_of([SENTENCE] * 3, ["Too short."]), {}, "scene-length"),
        (script_of([SENTENCE] * 9), {}, "scene-length"),
        (GOOD, {"seconds": 90}, "total-length"),
        (GOOD, {"seconds": 20}, "total-length"),
        (GOOD, {"scenes": 3}, "scene-count"),
        (script_of(["word " * 61]), {}, "beat-length"),
        (script_of(["One thing. Two things. Three things here."]), {}, "beat-length"),
        (script_of([f"{SENTENCE} \\frac{{a}}{{b}}"]), {}, "markup"),
        (script_of([f"{SENTENCE} See www.example.org."]), {}, "markup"),
        (script_of([SENTENCE, "…"]), {}, "nothing-said"),
        (script_of([f"{SENTENCE} E = mc²."]), {}, "symbols"),
        (GOOD, {"language": "ru"}, "language"),
        (GOOD, {"language": "fr"}, "language"),
        (GOOD, {"dialogue": True}, "speakers"),
    ],
)
def test_what_is_wrong_is_found(script: s.Script, wanted: dict[str, object], rule: str) -> None:
    assert rule in rules(script, **wanted)


def test_a_faster_voice_makes_scenes_shorter_but_not_their_pauses() -> None:
    scene = GOOD.scenes[0]
    assert scene_seconds(scene, 2.0) > scene_seconds(scene) / 2


@thorough
@given(plans, narrations, wishes)
def test_findings_name_real_scenes_and_are_the_same_each_time(
    plan: answers.Plan, narration: answers.Narration, wanted: Wanted
) -> None:
    script, on_screen = draft(plan, narration, "en")
    found = findings(script, wanted)
    assert found == findings(script, wanted)
    for each in (*found, *on_screen):
        assert 0 <= each.scene <= len(script.scenes)


@thorough
@given(plans, narrations, wishes)
def test_what_is_mended_can_be_spoken_edited_and_watched(
    plan: answers.Plan, narration: answers.Narration, wanted: Wanted
) -> None:
    result = mended(draft(plan, narration, "en")[0], wanted)
    if not result.whole:
        return
    script = result.script
    assert parse(render(script)) == script
    left = findings(script, wanted)
    assert not [each for each in left if each.rule in UNSPEAKABLE]
    for scene in script.scenes:
        assert all(count_words(beat.spoken_text()) <= limits.BEAT_WORDS for beat in scene.beats)
        assert wanted.scenes or len(scene.beats) == 1 or scene_seconds(scene, wanted.rate) <= LONGEST


@thorough
@given(plans, narrations, wishes)
def test_mending_what_is_mended_changes_nothing(
    plan: answers.Plan, narration: answers.Narration, wanted: Wanted
) -> None:
    once = mended(draft(plan, narration, "en")[0], wanted)
    if once.whole:
        again = mended(once.script, wanted)
        assert (again.script, again.notes) == (once.script, ())


def test_a_script_of_which_little_is_left_is_not_whole() -> None:
    assert not mended(
        script_of(["https://a.org"], ["Good."], ["\\frac{a}{b} and many other words here"]), Wanted()
    ).whole


@thorough
@given(texts)
def test_plain_text_is_plain_at_once_and_one_line(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert "\n" not in plain(text)


@pytest.mark.parametrize(
    ("dressed", "bare"),
    [
        ("**Light** is *fast*", "Light is fast"),
        ("- a point", "a point"),
        ("## Heading", "Heading"),
        ("[pause] So <break time='1s'/> what?", "So what?"),
        ("See [this](https://x.org).", "See this."),
        ("`x` and __y__", "x and y"),
        ("Salt &amp; water", "Salt & water"),
        ("3 * 4 * 5 and snake_case_name", "3 * 4 * 5 and snake_case_name"),
        ("from $5 to $7, if a < b", "from $5 to $7, if a < b"),
    ],
)
def test_dressing_comes_off_and_words_stay(dressed: str, bare: str) -> None:
    assert plain(dressed) == bare
    assert not has_markup(bare)


@pytest.mark.parametrize("text", ["$x^2$", "\\(a\\) \\alpha", "a | b", "x_{1}", "```"])
def test_markup_that_cannot_come_off_is_seen(text: str) -> None:
    assert has_markup(text)


def test_addresses_are_seen_and_decimals_are_none() -> None:
    assert has_address("at example.org")
    assert not has_address("3.5 of 4.0, i.e. most. Organ music")


def test_titles_lose_their_numbers() -> None:
    assert plain_title("Scene 2: **The moon**", 80) == "The moon"
    assert plain_title("1. The moon", 80) == "The moon"
    assert plain_title("1905", 80) == "1905"
    assert plain_title("word " * 40, 80).endswith("…")


def test_signs_that_a_voice_would_stumble_over() -> None:
    assert symbols("E = mc², π → 3", "en") == "=²π→"
    assert symbols("5 °C, 50 %, 1.5 and ½, co-op", "en") == ""
    assert symbols("Η Αθήνα", "el") == ""


@thorough
@given(st.text("=\n a", max_size=60))
def test_no_text_ends_its_own_fence(text: str) -> None:
    first, *inside, last = fence(text).split("\n")
    assert first == last
    assert first not in inside
    assert "\n".join(inside) == text
