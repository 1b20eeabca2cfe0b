"""The lessons that come along, and how they are found without reading them whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lectern.lessons import catalogue, front_matter, read_lesson


def test_a_lesson_is_known_by_its_front_matter() -> None:
    lesson = read_lesson(
        "tides",
        '---\ntitle: "The tides"\ntopics: sea, moon\ntopics:\n- ebb and flow\naudience: school\n---\n## A\n\nText.\n',
    )
    assert (lesson.title, lesson.topics, lesson.audience) == ("The tides", ("sea", "moon", "ebb and flow"), "school")
    assert lesson.language == "en"


def test_the_first_heading_is_the_title_where_the_front_matter_has_none() -> None:
    assert read_lesson("x", "# The tides\n\n## A\n\nText.\n").title == "The tides"


def test_a_lesson_nobody_could_ask_for_is_refused() -> None:
    with pytest.raises(ValueError, match="lesson x has no title"):
        read_lesson("x", "Text.\n")


def test_the_length_counts_only_what_is_spoken() -> None:
    spoken = "one two three four five"
    body = f"## Heading\n\n{spoken}\n\n```python\nmany words that nobody ever speaks aloud\n```\n\n- shown\n\n<!-- a note -->\n"
    assert read_lesson("x", f"---\ntitle: T\n---\n{body}").seconds == pytest.approx(2.3)


def test_the_length_counts_what_the_voice_says_instead() -> None:
    text = "---\ntitle: T\n---\n## A\n\nOne two three.\n<!-- say: One two three four five. -->\n"
    assert read_lesson("x", text).seconds == pytest.approx(2.3)


def test_lines_that_are_no_pairs_are_noted() -> None:
    head = front_matter.read("---\ntitle: T\nwhat is this\n# a comment\n---\ntext")
    assert (head.odd, head.lines, head.closed) == ((3,), 5, True)


def test_a_rule_in_the_text_is_not_front_matter() -> None:
    assert front_matter.read("text\n---\ntitle: T\n---\n").lines == 0


def test_names_and_titles_are_unique() -> None:
    lessons = catalogue()
    assert len({lesson.name for lesson in lessons}) == len({lesson.title for lesson in lessons}) == len(lessons)


def test_lessons_import_nothing_else_of_ours() -> None:
    code = "import sys, lectern.lessons; print([m for m in sys.modules if m.startswith('lectern.') and not m.startswith('lectern.lessons')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
