"""Finished lessons in Markdown: offline demos, reference inputs for tests; and studies, worked examples for a model.

for lesson in load_lessons():
    print(lesson.title, round(lesson.seconds))
"""

from lectern.lessons.catalogue import Lesson, load_lessons, load_studies, read_lesson

__all__ = ["Lesson", "load_lessons", "load_studies", "read_lesson"]
