"""The bundled lessons, and what is read from their front matter."""

from __future__ import annotations

import pytest

from lectern.lessons import load_lessons, read_front_matter, read_lesson


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
    assert read_lesson("x", f"---\ntitle: T\n---\n{body}").seconds == pytest.approx(2.3)


def test_the_length_counts_what_is_said_instead() -> None:
    text = "---\ntitle: T\n---\n## A\n\nOne two three.\n<!-- say: One two three four five. -->\n"
    assert read_lesson("x", text).seconds == pytest.approx(2.3)


def test_malformed_lines_are_reported_by_number() -> None:
    head = read_front_matter("---\ntitle: T\nwhat is this\n# a comment\n---\ntext")
    assert (head.malformed_lines, head.line_count, head.closed) == ((3,), 5, True)


def test_a_thematic_break_in_the_text_is_not_front_matter() -> None:
    assert read_front_matter("text\n---\ntitle: T\n---\n").line_count == 0


def test_names_and_titles_are_unique() -> None:
    lessons = load_lessons()
    assert len({lesson.name for lesson in lessons}) == len({lesson.title for lesson in lessons}) == len(lessons)
