"""Which finished lesson a topic asks for: surely one, perhaps some, or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from lectern.lessons import Lesson

# what people put around a subject when they ask about it
_ASKING = frozenset(
    re.findall(
        r"\w+",
        """
        a about all am an and animate animated animation are at be between by can class could create did do does explain
        explained explainer explaining explanation for from give happen happens how i in into introduction intro is it
        its kid kids learn lesson let make made mean means me my of on one or our please s see short show simple simply
        so student students tell that the their them there they this to tutorial understand us use used video was way
        we were what when where which who why will with work works working would you your
        """,
    )
)
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
    """The words a topic is about: without case, accents, plural endings, and the words of asking."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", topic.casefold()) if not unicodedata.combining(char))
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", plain))
    telling = [word for word in words if word not in _ASKING] or words
    return frozenset(_singular(word) for word in telling)


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


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word
