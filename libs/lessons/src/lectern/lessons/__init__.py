"""Finished lessons in Markdown: offline demos, worked examples, golden tests.

for lesson in catalogue():
    print(lesson.title, round(lesson.seconds))
"""

from lectern.lessons.shelf import Lesson, catalogue, read_lesson

__all__ = ["Lesson", "catalogue", "read_lesson"]
