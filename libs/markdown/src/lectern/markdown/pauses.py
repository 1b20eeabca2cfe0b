"""The length of a pause, as a lesson writes it."""

from __future__ import annotations

import re

_SECONDS = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?|[.,]\d{1,3})\s*(?:s|sec|seconds?)?", re.IGNORECASE)


def read_seconds(text: str) -> float | None:
    """Seconds written as `1.5`, `1,5` or `2 s`; None for anything else, negative numbers included."""
    match = _SECONDS.fullmatch(text.strip())
    return float(match[1].replace(",", ".")) if match else None
