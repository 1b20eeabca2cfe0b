"""Edits by old and new text, as a model gives them: line numbers go stale, text does not."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """Replace `old`, which stands in the code exactly once, by `new`."""

    old: str
    new: str


class EditRefused(ValueError):
    """An edit whose text is not in the code, or is there more than once."""


def applied(code: str, edits: Sequence[Edit]) -> str:
    """The code with the edits made, in order. Raises EditRefused naming the edit that does not fit."""
    if not edits:
        raise EditRefused("there is no edit")
    for number, edit in enumerate(edits, 1):
        old = edit.old if code.count(edit.old) else _as_indented(code, edit.old)
        found = code.count(old) if old.strip() else 0
        if found != 1:
            raise EditRefused(f"the old text of edit {number} stands {found} times in the code: {edit.old[:120]!r}")
        new = edit.new if old == edit.old else _shifted(edit.new, old, edit.old)
        code = code.replace(old, new)
    return code


def _as_indented(code: str, old: str) -> str:
    """The stretch of code that is `old` but for indentation and trailing spaces, which models get wrong; else `old`."""
    wanted = [line.strip() for line in old.strip("\n").splitlines()]
    lines = code.splitlines()
    matches = [
        "\n".join(lines[at : at + len(wanted)])
        for at in range(len(lines) - len(wanted) + 1)
        if wanted and [line.strip() for line in lines[at : at + len(wanted)]] == wanted
    ]
    return matches[0] if len(matches) == 1 else old


def _shifted(new: str, old: str, given: str) -> str:
    """`new` moved by as much as the code's indentation differs from what the model believed it to be."""

    def indent(text: str) -> int:
        first = next((line for line in text.splitlines() if line.strip()), "")
        return len(first) - len(first.lstrip())

    by = indent(old) - indent(given)
    lines = new.strip("\n").splitlines()
    if by >= 0:
        return "\n".join(" " * by + line if line.strip() else line for line in lines)
    return "\n".join(line[min(-by, len(line) - len(line.lstrip())) :] for line in lines)
