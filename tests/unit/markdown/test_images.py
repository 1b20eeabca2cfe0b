"""The images of a document are found by the parser that makes its script."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.contracts.problems import ProblemError
from lectern.markdown import images, parse


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("![a](a.png)", [(1, "a.png")]),
        ("![a](a.png 'a title') ![b](b.png \"b\")", [(1, "a.png"), (1, "b.png")]),
        ("![a](<the leaf.png>)", [(1, "the leaf.png")]),
        ("![a](./the%20leaf.png)", [(1, "the leaf.png")]),
        ("![a](100%.png)", [(1, "100%.png")]),
        ("![a](leaf(1).png)", [(1, "leaf(1).png")]),
        ("![a [b] c](a.png)", [(1, "a.png")]),
        ("Text\n![of\na leaf](\na.png\n'title') and\n![b](b.png)", [(2, "a.png"), (6, "b.png")]),
        ("`code\nspan` ![a](a.png)", [(2, "a.png")]),
        ("![a][leaf]\n\n[leaf]: a.png", [(1, "a.png")]),
        ("Text.\n\n![leaf][]\n\n![leaf]\n\n[Leaf]: <a b.png> 'title'", [(3, "a b.png"), (5, "a b.png")]),
        ("[![a](a.png)](https://example.org)", [(1, "a.png")]),
        ("> quoted\n> ![a](a.png)", [(2, "a.png")]),
        ("- item\n  ![a](a.png)", [(2, "a.png")]),
        ("| a | b |\n|---|---|\n| ![a](a.png) | 1 |", [(3, "a.png")]),
        ("---\ntitle: T\n---\n![a](a.png)", [(4, "a.png")]),
        ("![a](a.png)\r\n\r\n![b](b.png)\r\n", [(1, "a.png"), (3, "b.png")]),
        ("![a](https://example.org/a.png)", [(1, "https://example.org/a.png")]),
    ],
)
def test_images_are_found_with_their_lines(markdown: str, found: list[tuple[int, str]]) -> None:
    assert images(markdown) == found


@pytest.mark.parametrize(
    "markdown",
    [
        "```md\n![a](a.png)\n```",
        "~~~\n![a](a.png)\n```\n~~~",
        "    ![a](a.png)",
        "`![a](a.png)`",
        "``![a](`a.png)``",
        r"\![a](a.png)",
        "<!-- ![a](a.png) -->",
        "![a][unknown]",
        "[a](a.png)",
    ],
)
def test_what_looks_like_an_image_in_code_and_comments_is_none(markdown: str) -> None:
    assert images(markdown) == []


@pytest.mark.parametrize(
    "image",
    [
        "![a leaf](leaf.png)",
        "![a leaf][l]\n\n[l]: leaf.png",
        "![a\nleaf](leaf.png\n'title')",
        "![a leaf](<./leaf.png>)",
    ],
)
def test_the_script_names_images_as_they_are_listed(image: str) -> None:
    markdown = f"## Scene\n\nText.\n\n{image}\n"
    assert parse(markdown).scenes[0].visual == s.Image(name="leaf.png", alt="a leaf")
    assert images(markdown) == [(5, "leaf.png")]


def test_an_image_that_cannot_be_used_is_reported_on_its_own_line() -> None:
    with pytest.raises(ProblemError) as raised:
        parse("## Scene\n\nText.\nMore.\n![x](/etc/leaf.png)\n")
    assert raised.value.problem.errors[0].pointer == "line 5"


def test_markup_that_is_nested_too_deeply_is_reported() -> None:
    with pytest.raises(ProblemError) as refused:
        images("*" * 4900 + "a" + "*" * 4900)
    assert refused.value.problem.code == "nested-too-deeply"
