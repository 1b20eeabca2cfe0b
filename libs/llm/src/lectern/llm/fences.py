"""Other people's words in a prompt."""

from __future__ import annotations

import re


def fenced(text: str) -> str:
    """Text between lines of equals signs, more of them than it has itself in a row: it cannot end its own fence."""
    longest = max((len(run) for run in re.findall("=+", text)), default=0)
    fence = "=" * max(10, longest + 1)
    return f"{fence}\n{text}\n{fence}"
