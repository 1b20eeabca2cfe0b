"""Text keeps to its place: smaller first, whole words, hyphens where a word is too long, an ellipsis at last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from manim import tempconfig

from lectern.scenekit.checks.rules import Fault
from lectern.scenekit.fitted_text import fit_text, fit_texts
from lectern.scenekit.line_breaking import hyphenate
from lectern.scenekit.remarks import listen_for_remarks
from lectern.scenekit.style import theme, use_theme


@pytest.fixture(autouse=True)
def dark(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(tmp_path)}), use_theme("dark"):
        yield


def test_a_word_that_is_too_long_is_divided_with_hyphens() -> None:
    pieces = hyphenate("Photosynthesis", 8)
    assert "".join(piece.rstrip("-") for piece in pieces) == "Photosynthesis"
    assert all(piece.endswith("-") for piece in pieces[:-1])
    assert all(len(piece) <= 8 for piece in pieces)


@pytest.mark.parametrize("word", ["Water", "a-b"])
def test_a_word_that_fits_is_not_divided(word: str) -> None:
    assert hyphenate(word, 6) == [word]


def test_a_word_with_a_hyphen_of_its_own_is_divided_there() -> None:
    assert hyphenate("light-dependent", 11) == ["light-", "dependent"]


def test_a_text_is_set_smaller_before_a_word_is_divided() -> None:
    label = fit_text("Nuclear", size=theme.title, width=1.9)
    assert [line.original_text for line in label] == ["Nuclear"]
    assert theme.small <= label.size < theme.title


def test_a_text_too_long_for_its_place_is_shortened_and_that_is_remarked() -> None:
    heard: list[Fault] = []
    with listen_for_remarks(heard.append):
        label = fit_text("word " * 60, size=theme.body, width=3, height=1)
    assert label.height <= 1.01
    assert label.text.endswith("…")
    assert [fault.rule.name for fault in heard] == ["text-shortened"]


def test_texts_of_one_list_have_one_size() -> None:
    labels = fit_texts(["short", "a text that is a good deal longer"], size=theme.heading, width=3, height=1)
    assert labels[0].size == labels[1].size < theme.heading
