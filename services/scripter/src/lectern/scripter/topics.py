"""Which finished lesson a topic asks for: surely one, perhaps some, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from lectern.language.stop_words import QUESTION_WORDS
from lectern.language.words import stem, strip_accents
from lectern.lessons import Lesson

CLOSE = 0.6  # share of likeness from which a lesson is offered: a misspelt word, or half of the words
OFFERED = 3


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The lesson that a topic surely asks for, or else those it may mean, likeliest first."""

    lesson: Lesson | None = None
    offers: tuple[Lesson, ...] = ()


def find_lesson(topic: str, lessons: Sequence[Lesson]) -> Match:
    """The lesson for a topic. It is sure when every word of the topic's subject belongs to one lesson alone."""
    asked = subject(topic)
    exact = [lesson for lesson in lessons if any(asked and asked == subject(name) for name in _names(lesson))]
    if len(exact) == 1:
        return Match(lesson=exact[0])
    covering = exact or [lesson for lesson in lessons if _covers(lesson, asked)]
    if len(covering) == 1:
        return Match(lesson=covering[0])
    alike = sorted(((likeness(asked, lesson), lesson) for lesson in lessons), key=lambda pair: -pair[0])
    offers = covering or [lesson for share, lesson in alike if share >= CLOSE]
    return Match(offers=tuple(offers[:OFFERED]))


def subject(topic: str) -> frozenset[str]:
    """The stems of the words a topic is about: without accents and the words of asking."""
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", strip_accents(topic)))
    return frozenset(stem(word) for word in [word for word in words if word not in QUESTION_WORDS] or words)


def likeness(asked: frozenset[str], lesson: Lesson) -> float:
    """How much a subject is like a lesson's names, 0 to 1: words in common, each alike in spelling."""
    return max((_overlap(asked, subject(name)) for name in _names(lesson)), default=0.0)


def _overlap(asked: frozenset[str], named: frozenset[str]) -> float:
    if not asked or not named:
        return 0.0
    best = [max(_spelt_alike(word, other) for other in named) for word in asked]
    back = [max(_spelt_alike(word, other) for other in asked) for word in named]
    return (
        max(sum(best) / len(best), sum(back) / len(back)) * 0.5
        + min(sum(best), sum(back)) / max(len(best), len(back)) * 0.5
    )


def _spelt_alike(a: str, b: str) -> float:
    if a == b:
        return 1.0
    share = SequenceMatcher(None, a, b, autojunk=False).ratio()
    return share if share >= 0.75 else 0.0


def _covers(lesson: Lesson, asked: frozenset[str]) -> bool:
    """Whether a topic names the lesson, and whatever else it says is in the lesson's own words."""
    words = frozenset().union(*(subject(name) for name in _names(lesson)))
    return bool(asked) and asked <= words and any(subject(name) <= asked for name in _names(lesson))


def _names(lesson: Lesson) -> tuple[str, ...]:
    return (lesson.title, lesson.name.replace("-", " "), *lesson.topics)
