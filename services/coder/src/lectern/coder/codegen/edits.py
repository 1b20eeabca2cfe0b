"""Edits by old and new text, as a model returns them: line numbers go stale, text does not."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class TextEdit(msgspec.Struct, frozen=True, kw_only=True):
    """Replaces `old`, which occurs in the code exactly once, by `new`."""

    old: str
    new: str


class EditRefused(ValueError):
    """An edit whose text is not in the code, or occurs more than once."""


def apply_edits(code: str, edits: Sequence[TextEdit]) -> str:
    """The code with the edits made, in order. Raises EditRefused naming the edit that does not fit."""
    if not edits:
        raise EditRefused("there is no edit")
    for number, edit in enumerate(edits, 1):
        old = edit.old if edit.old in code else _find_reindented(code, edit.old)
        count = code.count(old) if old.strip() else 0
        if count != 1:
            raise EditRefused(f"the old text of edit {number} occurs {count} times in the code: {edit.old[:120]!r}")
        new = edit.new if old == edit.old else _shift(edit.new, _indent(old) - _indent(edit.old))
        code = code.replace(old, new)
    return code


def _find_reindented(code: str, old: str) -> str:
    """The passage that equals `old` except for indentation and trailing spaces, which models get wrong; else `old`."""
    old_lines = [line.strip() for line in old.strip("\n").splitlines()]
    lines = code.splitlines()
    stripped = [line.strip() for line in lines]
    matches = [
        "\n".join(lines[at : at + len(old_lines)])
        for at in range(len(lines) - len(old_lines) + 1)
        if old_lines and stripped[at] == old_lines[0] and stripped[at : at + len(old_lines)] == old_lines
    ]
    return matches[0] if len(matches) == 1 else old


def _indent(text: str) -> int:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first) - len(first.lstrip())


def _shift(text: str, columns: int) -> str:
    """The text indented by so many columns; negative ones take indentation away, as far as there is any."""
    lines = text.strip("\n").splitlines()
    if columns >= 0:
        return "\n".join(" " * columns + line if line.strip() else line for line in lines)
    return "\n".join(line[min(-columns, len(line) - len(line.lstrip())) :] for line in lines)
