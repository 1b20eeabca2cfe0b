"""The bundled lessons, and their descriptions."""

from __future__ import annotations

import pytest

from lectern.lessons import load_lessons, read_lesson
from lectern.scripter.lesson_search import find_lesson


def test_a_lesson_is_described_by_its_front_matter() -> None:
    lesson = read_lesson(
        "tides",
        '---\ntitle: "The tides"\ntopics: sea, moon\ntopics:\n- ebb and flow\naudience: school\n---\n## A\n\nText.\n',
    )
    assert (lesson.title, lesson.topics, lesson.audience) == ("The tides", ("sea", "moon", "ebb and flow"), "school")
    assert lesson.language == "en"


def test_the_first_heading_is_the_title_where_the_front_matter_has_none() -> None:
    assert read_lesson("x", "# The tides\n\n## A\n\nText.\n").title == "The tides"


def test_a_lesson_without_a_title_is_rejected() -> None:
    with pytest.raises(ValueError, match="lesson x has no title"):
        read_lesson("x", "Text.\n")


def test_the_length_counts_only_what_is_spoken() -> None:
    spoken = "one two three four five"
    body = f"## Heading\n\n{spoken}\n\n```python\nmany words that nobody ever speaks aloud\n```\n\n- shown\n\n<!-- a note -->\n"
    assert read_lesson("x", f"---\ntitle: T\n---\n{body}").seconds == pytest.approx(5 / (156 / 60) + 0.5)


def test_the_length_counts_what_is_said_instead() -> None:
    text = "---\ntitle: T\n---\n## A\n\nOne two three.\n<!-- say: One two three four five. -->\n"
    assert read_lesson("x", text).seconds == pytest.approx(5 / (156 / 60) + 0.5)


def test_names_and_titles_are_unique() -> None:
    lessons = load_lessons()
    assert len({lesson.name for lesson in lessons}) == len({lesson.title for lesson in lessons}) == len(lessons)


def test_the_six_lessons_are_found_by_what_people_ask() -> None:
    topics = {
        "How does photosynthesis work?": "photosynthesis",
        "the theorem of Pythagoras": "pythagoras",
        "explain binary search to me": "binary-search",
        "What is a derivative?": "derivative",
        "How compound interest grows": "compound-interest",
        "how do vaccines work": "vaccines",
    }
    for topic, name in topics.items():
        found = find_lesson(topic, load_lessons()).lesson
        assert found is not None, topic
        assert found.name == name
