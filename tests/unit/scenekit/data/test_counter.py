"""A counter shows thousands as its language writes them, and ends on its value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Counter
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


@pytest.mark.parametrize(
    ("separator", "decimals", "text"), [(",", 0, "1,234,567"), (".", 1, "1.234.567,0"), (" ", 1, "1 234 567.0")]
)
def test_thousands_are_separated(separator: str, decimals: int, text: str) -> None:
    assert Counter(1_234_567, decimals=decimals, separator=separator).text == text


def test_it_begins_at_its_start_in_the_room_of_its_value() -> None:
    whole, counter = Counter(1_000_000), Counter(1_000_000, start=100)
    assert counter.text == "100"
    assert counter.get_left()[0] == pytest.approx(whole.get_left()[0], abs=0.1)
    play(Scene(), counter.reveal())
    assert counter.text == "1,000,000"


def test_it_counts_up_and_on() -> None:
    scene, counter = Scene(), Counter(1000)
    play(scene, counter.reveal())
    assert counter.text == "1,000"
    play(scene, counter.count(-5))
    assert counter.text == "\N{MINUS SIGN}5"
