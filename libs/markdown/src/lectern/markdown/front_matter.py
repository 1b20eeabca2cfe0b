"""Front matter: `key: value` lines between two lines of `---`. Unlike YAML, values have no types and do not nest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_FENCE = "---"
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$")


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """The front matter of a lesson.

    `values` maps each key to its values in order; repeated keys and `- item` lines add values. `line_numbers` maps each
    key to the line where it first appears, and `malformed_lines` are the lines without a `key: value`, all counted
    from 1. `line_count` includes the fences; it is 0 without front matter. `closed` is False when the second `---` is
    missing.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    line_numbers: Mapping[str, int] = field(default_factory=dict)
    malformed_lines: tuple[int, ...] = ()
    line_count: int = 0
    closed: bool = True

    def first(self, key: str) -> str:
        """Return the first value of a key without the quotation marks around it; "" when the key is absent."""
        value = next(iter(self.values.get(key, ())), "")
        return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value

    def split(self, key: str, separator: str) -> tuple[str, ...]:
        """Return all values of a key, each split at `separator`."""
        parts = (part.strip() for value in self.values.get(key, ()) for part in value.split(separator))
        return tuple(part for part in parts if part)


def read_front_matter(text: str) -> FrontMatter:
    """Read the front matter of `text`. A text that does not open with a line of `---` has none."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != _FENCE:
        return FrontMatter()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        return FrontMatter(closed=False, line_count=1)
    values: dict[str, list[str]] = {}
    line_numbers: dict[str, int] = {}
    malformed_lines: list[int] = []
    key = ""
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if pair := _PAIR.match(line):
            key = pair[1].lower()
            line_numbers.setdefault(key, number)
            value = pair[2].strip()
        elif (item := _ITEM.match(line)) and key:
            value = item[1].strip()
        else:
            malformed_lines.append(number)
            continue
        values.setdefault(key, []).extend([value] if value else [])
    return FrontMatter(
        values={key: tuple(each) for key, each in values.items()},
        line_numbers=line_numbers,
        malformed_lines=tuple(malformed_lines),
        line_count=end + 1,
    )
