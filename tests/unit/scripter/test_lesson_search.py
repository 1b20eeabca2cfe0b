"""The choice of a lesson for a topic, without a model."""

from __future__ import annotations

import pytest

from lectern.lessons import Lesson, read_lesson
from lectern.scripter.lesson_search import find_lesson


def lesson(name: str, title: str, topics: str) -> Lesson:
    return read_lesson(name, f"---\ntitle: {title}\ntopics: {topics}\n---\n## S\n\nText.\n")


LESSONS = (
    lesson("photosynthesis", "Photosynthesis", "how plants make food, chlorophyll"),
    lesson("pythagoras", "The Pythagorean theorem", "right triangles, a squared plus b squared"),
    lesson("binary-search", "Binary search", "search in a sorted list, bisection"),
    lesson("binary-numbers", "Binary numbers", "base two, bits"),
)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("photosynthesis", "photosynthesis"),
        ("How does photosynthesis work?", "photosynthesis"),
        ("Explain PHOTOSYNTHESIS to me, please!", "photosynthesis"),
        ("photosynthesis in plants", "photosynthesis"),
        ("How do plants make their food?", "photosynthesis"),
        ("chlorophyll", "photosynthesis"),
        ("What is the Pythagorean theorem?", "pythagoras"),
        ("right triangle", "pythagoras"),
        ("binary searches", "binary-search"),
        ("what's binary search", "binary-search"),
    ],
)
def test_a_clear_topic_gets_its_lesson(topic: str, name: str) -> None:
    match = find_lesson(topic, LESSONS)
    assert match.lesson is not None
    assert match.lesson.name == name


@pytest.mark.parametrize(
    ("topic", "offered"),
    [
        ("fotosynthesis", "photosynthesis"),
        ("photosinthesis of algae", "photosynthesis"),
        ("pythagorean triples theorem", "pythagoras"),
        ("binary", "binary-search"),
        ("binary search trees", "binary-search"),
    ],
)
def test_an_unclear_topic_gets_an_offer_and_no_lesson(topic: str, offered: str) -> None:
    match = find_lesson(topic, LESSONS)
    assert match.lesson is None
    assert offered in [each.name for each in match.similar]


@pytest.mark.parametrize("topic", ["the French revolution", "how do vaccines work", "", "?!", "why"])
def test_an_unknown_topic_gets_nothing(topic: str) -> None:
    match = find_lesson(topic, LESSONS)
    assert match.lesson is None
    assert match.similar == ()
