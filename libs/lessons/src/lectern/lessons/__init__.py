"""Finished lessons in Markdown: offline demos, worked examples, reference inputs for tests.

for lesson in load_lessons():
    print(lesson.title, round(lesson.seconds))
"""

from lectern.lessons.catalogue import Lesson, load_lessons, read_lesson

__all__ = ["Lesson", "load_lessons", "read_lesson"]
