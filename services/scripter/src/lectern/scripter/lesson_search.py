"""Search for the finished lesson that a topic asks for: one for certain, several perhaps, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from lectern.language.stems import stem
from lectern.language.stop_words import QUESTION_WORDS
from lectern.language.words import strip_accents
from lectern.lessons import Lesson

MIN_SIMILARITY = 0.6  # from which a lesson is suggested: a misspelt word, or half of the words
MIN_SPELLING_SIMILARITY = 0.75  # from which two words may be spellings of one
MAX_SUGGESTIONS = 3


class LessonMatch(msgspec.Struct, frozen=True, kw_only=True):
    """The lesson that a topic asks for; where that is not certain, similar lessons, the most similar first."""

    lesson: Lesson | None = None
    similar: tuple[Lesson, ...] = ()


def find_lesson(topic: str, lessons: Sequence[Lesson]) -> LessonMatch:
    """The lesson for a topic. It is certain when every word of the topic's subject belongs to one lesson alone."""
    subject = subject_of(topic)
    exact = [lesson for lesson in lessons if any(subject and subject == subject_of(name) for name in _names(lesson))]
    if len(exact) == 1:
        return LessonMatch(lesson=exact[0])
    covering = exact or [lesson for lesson in lessons if _covers(lesson, subject)]
    if len(covering) == 1:
        return LessonMatch(lesson=covering[0])
    ranked = sorted(((similarity(subject, lesson), lesson) for lesson in lessons), key=lambda pair: -pair[0])
    similar = covering or [lesson for share, lesson in ranked if share >= MIN_SIMILARITY]
    return LessonMatch(similar=tuple(similar[:MAX_SUGGESTIONS]))


def subject_of(topic: str) -> frozenset[str]:
    """The stems of the words that a topic is about, without accents and the words of asking."""
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", strip_accents(topic)))
    return frozenset(stem(word) for word in [word for word in words if word not in QUESTION_WORDS] or words)


def similarity(subject: frozenset[str], lesson: Lesson) -> float:
    """The similarity of a subject to a lesson's names, 0 to 1: words in common, allowing for misspellings."""
    return max((_overlap(subject, subject_of(name)) for name in _names(lesson)), default=0.0)


def _overlap(subject: frozenset[str], named: frozenset[str]) -> float:
    if not subject or not named:
        return 0.0
    best = [max(_spelling_similarity(word, other) for other in named) for word in subject]
    back = [max(_spelling_similarity(word, other) for other in subject) for word in named]
    return (
        max(sum(best) / len(best), sum(back) / len(back)) * 0.5
        + min(sum(best), sum(back)) / max(len(best), len(back)) * 0.5
    )


def _spelling_similarity(a: str, b: str) -> float:
    if a == b:
        return 1.0
    share = SequenceMatcher(None, a, b, autojunk=False).ratio()
    return share if share >= MIN_SPELLING_SIMILARITY else 0.0


def _covers(lesson: Lesson, subject: frozenset[str]) -> bool:
    """True if a topic names the lesson, and its other words are among the lesson's own."""
    words = frozenset().union(*(subject_of(name) for name in _names(lesson)))
    return bool(subject) and subject <= words and any(subject_of(name) <= subject for name in _names(lesson))


def _names(lesson: Lesson) -> tuple[str, ...]:
    return (lesson.title, lesson.name.replace("-", " "), *lesson.topics)
