"""Plain text from what a model wrote."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.scripter.reply_strategies import texts, thorough

from lectern.llm import fence
from lectern.scripter.scriptwriting.plain_text import (
    clean_title,
    has_address,
    has_markup,
    strip_markup,
    unspeakable_symbols,
)


@thorough
@given(texts)
def test_stripping_markup_is_idempotent_and_leaves_one_line(text: str) -> None:
    assert strip_markup(strip_markup(text)) == strip_markup(text)
    assert "\n" not in strip_markup(text)


@pytest.mark.parametrize(
    ("marked_up", "plain"),
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
def test_markup_is_stripped_and_words_stay(marked_up: str, plain: str) -> None:
    assert strip_markup(marked_up) == plain
    assert not has_markup(plain)


@pytest.mark.parametrize("text", ["$x^2$", "\\(a\\) \\alpha", "a | b", "x_{1}", "```"])
def test_markup_that_cannot_be_stripped_is_found(text: str) -> None:
    assert has_markup(text)


def test_addresses_are_found_and_decimals_are_none() -> None:
    assert has_address("at example.org")
    assert not has_address("3.5 of 4.0, i.e. most. Organ music")


def test_titles_lose_their_numbering() -> None:
    assert clean_title("Scene 2: **The moon**", 80) == "The moon"
    assert clean_title("1. The moon", 80) == "The moon"
    assert clean_title("1905", 80) == "1905"
    assert clean_title("word " * 40, 80).endswith("…")


def test_symbols_that_a_voice_may_misread() -> None:
    assert unspeakable_symbols("E = mc², π → 3", "en") == "=²π→"
    assert unspeakable_symbols("5 °C, 50 %, 1.5 and ½, co-op", "en") == ""
    assert unspeakable_symbols("Η Αθήνα", "el") == ""


@thorough
@given(st.text("=\n a", max_size=60))
def test_no_text_ends_its_own_fence(text: str) -> None:
    first, *inside, last = fence(text).split("\n")
    assert first == last
    assert first not in inside
    assert "\n".join(inside) == text


@pytest.mark.parametrize(
    "text",
    [
        "**a " * 4000,
        "- " * 8000,
        "# " * 8000,
        "__" * 8000,
        "[" * 3000 + "a" + "](b)" * 3000,
        "&" + "amp;" * 4000,
        "&" * 3000 + "amp;" * 3000,
        "a-" * 8000,
        "*" * 8000 + "a" + "*" * 8000,
    ],
    ids=lambda text: text[:6],
)
def test_markup_that_nobody_writes_is_stripped_in_linear_time(text: str) -> None:
    started = time.process_time()
    plain = strip_markup(text)
    has_markup(text)
    has_address(text)
    assert time.process_time() - started < 0.6, "up to 14 s before, for as many characters"
    assert strip_markup(plain) == plain


def test_emphasis_within_emphasis_is_stripped_however_people_nest_it() -> None:
    assert strip_markup("- **_[`wa&amp;ves`](x)_**") == "wa&ves"
