"""The `key: value` lines that may open a lesson, between lines of `---`. Not YAML: nothing nests, nothing is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_FENCE = "---"
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$")


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What stands before a lesson. A key maps to its values in order: repeated keys and `- item` lines add values.

    `lines` is how many lines it takes, its fences included (0 when there is none), `line_of` where each key first
    stands, counted from 1, and `odd` the numbers of lines that are no `key: value`. `closed` is False when the second
    `---` is missing.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    line_of: Mapping[str, int] = field(default_factory=dict)
    odd: tuple[int, ...] = ()
    lines: int = 0
    closed: bool = True

    def one(self, key: str) -> str:
        """The first value of a key without quotation marks around it; "" when it is absent."""
        value = next(iter(self.values.get(key, ())), "")
        return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value

    def many(self, key: str, separator: str) -> tuple[str, ...]:
        """Every value of a key, each also split at `separator`."""
        parts = (part.strip() for value in self.values.get(key, ()) for part in value.split(separator))
        return tuple(part for part in parts if part)


def read(text: str) -> FrontMatter:
    """The front matter of `text`. A text that does not open with a line of `---` has none."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != _FENCE:
        return FrontMatter()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        return FrontMatter(closed=False, lines=1)
    values: dict[str, tuple[str, ...]] = {}
    line_of: dict[str, int] = {}
    odd: list[int] = []
    key = ""
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if pair := _PAIR.match(line):
            key = pair[1].lower()
            line_of.setdefault(key, number)
            value = pair[2].strip()
        elif (item := _ITEM.match(line)) and key:
            value = item[1].strip()
        else:
            odd.append(number)
            continue
        values[key] = (*values.get(key, ()), *((value,) if value else ()))
    return FrontMatter(values=values, line_of=line_of, odd=tuple(odd), lines=end + 1)
