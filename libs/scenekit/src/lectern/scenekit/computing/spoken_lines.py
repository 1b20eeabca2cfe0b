"""Finding the line of a program that is spoken of, by the words that it has in common with the narration. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lectern.scenekit.spoken_words import normalise

OPERATORS = {
    "==": "equal equals same", "!=": "not different", "<=": "most", ">=": "least", "//": "half halve halves divide",
    "<": "less smaller below", ">": "greater larger above more", "+": "plus add adds", "-": "minus subtract less",
    "*": "times multiply", "/": "divided divide over", "%": "remainder",
}  # fmt: skip
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FILLERS = (
    "a an and are as at be both by can do does each from has have here in is it its just no now of on one or our so "
    "that the there they this to too up us we what which with you"
)
COMMON = frozenset(FILLERS.split())
PHRASE = 6
"""Words that are taken together to tell which line is meant."""
SENTENCE_ENDS = (".", "!", "?", ";", ":")
ENOUGH = 0.5
"""A word of one line alone counts 1, of two lines a half each, and so on; lines with less are not meant."""


def match_lines(lines: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Return (index of a word, index of a line) for each line that `words` come to speak of, in their order."""
    terms = [_collect_terms(line) for line in lines]
    spoken = [normalise(word) for word in words]
    weights = {word: 1 / count for word in set(spoken) - COMMON if (count := sum(word in line for line in terms))}
    found: list[tuple[int, int]] = []
    current = -1
    for index, word in enumerate(spoken):
        if word not in weights:
            continue
        end = next((at for at in range(index, len(words)) if words[at].endswith(SENTENCE_ENDS)), len(words))
        phrase = set(spoken[index : min(index + PHRASE, end + 1)]) & set(weights)
        scores = {
            number: sum(weights[each] for each in phrase & line) for number, line in enumerate(terms) if word in line
        }
        best = max(scores, key=lambda number: (round(scores[number], 6), -((number - current - 1) % len(lines))))
        if scores[best] >= ENOUGH and best != current and scores[best] > scores.get(current, 0.0):
            found.append((index, best))
            current = best
    return found


def _collect_terms(line: str) -> set[str]:
    """Return the words by which a line may be spoken of."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", line)
    terms = {normalise(part) for part in re.findall(r"[^\W\d_]+|\d+", split)}
    for operator in re.findall(r"[=!<>]=|//|[-<>+*/%]", line):
        terms |= set(OPERATORS[operator].split())
    return terms | {NUMBERS[int(each)] for each in terms if each.isdecimal() and int(each) < len(NUMBERS)}
