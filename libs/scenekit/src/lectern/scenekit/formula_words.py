"""The parts of a formula in Typst: where they stand, how they are spoken, and numbers in their place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_SIGNS = {
    "=": ("equals", "is equal to", "equal", "is"),
    "+": ("plus", "and"),
    "-": ("minus", "less"),
    "*": ("times",),
    "times": ("times",),
    "dot": ("times",),
}
_POWERS = {"2": "squared", "3": "cubed"}
_PARTS = re.compile(
    r'"[^"]+"'
    r"|sqrt\((?:[^()]|\([^()]*\))*\)"
    r"|(?:\d+(?:\.\d+)?|[A-Za-z]+(?:_(?:\w|\([^()]*\)))?)(?:\^(?:\w+|\([^()]*\)))?"
    r"|[=+*-]"
)
_WORDS = "times|dot|div|approx|pm|in|and|or"
_ENDS_FACTOR = re.compile(rf'(?<!\w)(?!(?:{_WORDS})\s*$)(?:\w+|[)"])\s*$')
_BEGINS_FACTOR = re.compile(rf'(?!(?:{_WORDS})\b)[\w("]')


def list_spoken_parts(formula: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """List the parts of a formula in Typst: where each begins, what it is, and how it may be spoken."""
    for match in _PARTS.finditer(formula):
        part = match.group()
        if formula[match.end() : match.end() + 1] == "(" and part.isalpha():
            continue  # a function such as frac: its arguments are parts
        yield match.start(), part, spell_part(part)


def spell_part(part: str) -> tuple[str, ...]:
    """Return how a part may be spoken, the fullest way first."""
    if part in _SIGNS:
        return _SIGNS[part]
    if part.startswith('"'):
        return (part.strip('"'),)
    if part.startswith("sqrt"):
        inside = spell_part(part[5:-1]) if re.fullmatch(r"\w+", part[5:-1]) else ()
        return (
            *(f"square root of {each}" for each in inside),
            *(f"root of {each}" for each in inside),
            "square root",
            "root",
        )
    base, _, power = part.partition("^")
    names = _spell_base(base)
    if not power:
        return names
    ending = _POWERS.get(power.strip("()"), f"to the {' '.join(_spell_base(power.strip('()'))[:1])}")
    return (*(f"{name} {ending}" for name in names), *names)


def _spell_base(base: str) -> tuple[str, ...]:
    names = _NUMBERS.split()
    if base.isdigit() and int(base) < len(names):
        return base, names[int(base)]
    return (base.replace("_", " ").strip("()"), base)


def find_parts(text: str, source: str) -> list[int]:
    """Return where `source` stands in a formula by itself: "a" is found in "a^2 + a b", not in "alpha" or in quotes."""
    before = r"(?<![A-Za-z])" if source[:1].isalpha() else ""
    after = r"(?![A-Za-z])" if source[-1:].isalpha() else ""
    starts = [match.start() for match in re.finditer(before + re.escape(source) + after, text)]
    return [start for start in starts if source.startswith('"') or text.count('"', 0, start) % 2 == 0]


def find_all_parts(text: str, sources: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return where each of `sources` stands in a formula, from left to right."""
    return sorted((at, source) for source in sources for at in find_parts(text, source))


def fill_parts(text: str, numbers: Mapping[str, str], *, mark: bool = False) -> str:
    """Write numbers in place of parts, with dots where factors would run together; `mark` puts them in `{{ }}`."""
    written, end = "", 0
    places = find_all_parts(text, numbers)
    for at, source in places:
        between = text[end:at]
        written += f"{between.rstrip()} dot " if _ENDS_FACTOR.search(text[:at]) else between
        number = f"({numbers[source]})" if numbers[source].startswith("-") else numbers[source]
        written += f"{{{{ {number} }}}}" if mark else number
        end = at + len(source)
        rest = text[end:].lstrip()
        # a number that follows has its dot before it
        if _BEGINS_FACTOR.match(rest) and len(text) - len(rest) not in dict(places):
            written += " dot "
    return written + text[end:]


def read_number(value: Any) -> str:
    """Return the number that a value or a label says. Raises ValueError when it says none."""
    text = str(getattr(value, "text", value)).replace("\u2212", "-").replace("\u2009", "")
    found = re.search(r"-?\d+(?:\.\d+)?", text)
    if found is None:
        raise ValueError(f"eq.fill(...) wants a number or a label with one, not {text!r}")
    return found.group()
