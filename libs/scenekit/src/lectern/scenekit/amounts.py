"""Amounts in short texts: "two cells", "35 %", and whether two of them can be compared. Pure."""

from __future__ import annotations

import re

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER_WORDS = {word: float(number) for number, word in enumerate(_WORDS)}
_AMOUNT = re.compile(r"^\s*(?:about |over |some )?(?P<number>\d[\d,]*(?:\.\d+)?|[a-z]+)\s*(?P<rest>.*)$", re.IGNORECASE)
_ANSWERS = {"yes": True, "\u2713": True, "\u2714": True, "+": True, "no": False, "\u2717": False, "\u2718": False}
_ANSWERS |= {"\u2212": False, "-": False}


def read_amount(text: str) -> tuple[float, str] | None:
    """Read a text that begins with a number, in digits or in words up to twelve: (number, what is counted)."""
    match = _AMOUNT.match(text)
    if match is None:
        return None
    number = match["number"].lower()
    if number[0].isdigit():
        return float(number.replace(",", "")), match["rest"].strip().lower()
    if number in NUMBER_WORDS:
        return NUMBER_WORDS[number], match["rest"].strip().lower()
    return None


def compare_amounts(one: str, other: str) -> tuple[float, float] | None:
    """Return the numbers of two texts that count the same, as shares of the larger; None if they do not."""
    first, second = read_amount(one), read_amount(other)
    if first is None or second is None or first[1] != second[1]:
        return None
    largest = max(first[0], second[0])
    return (first[0] / largest, second[0] / largest) if largest > 0 else None


def read_answer(text: str) -> tuple[bool | None, str]:
    """Read a text that begins with yes or no, or a sign for it: (the answer, the rest). None for other texts."""
    word, _, rest = text.strip().partition(" ")
    answer = _ANSWERS.get(word.lower().rstrip(",:"))
    return (None, text) if answer is None else (answer, rest.strip() or ("" if not word.isalpha() else word))
