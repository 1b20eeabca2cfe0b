"""Finished lessons in Markdown: offline demos, worked examples, reference inputs for tests.

for lesson in load_lessons():
    print(lesson.title, round(lesson.seconds))
"""

from lectern.lessons.catalogue import Lesson, load_lessons, read_lesson
from lectern.lessons.front_matter import FrontMatter, read_front_matter

__all__ = ["FrontMatter", "Lesson", "load_lessons", "read_front_matter", "read_lesson"]
