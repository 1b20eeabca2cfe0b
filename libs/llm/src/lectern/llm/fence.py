"""Fencing of text by other people in a prompt."""

from __future__ import annotations

import re


def fence(text: str) -> str:
    """The text between two lines of equals signs, longer than any run in it: it cannot end its own fence."""
    longest = max((len(run) for run in re.findall("=+", text)), default=0)
    line = "=" * max(10, longest + 1)
    return f"{line}\n{text}\n{line}"
