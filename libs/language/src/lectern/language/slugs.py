"""File names from titles."""

from __future__ import annotations

from slugify import slugify

MAX_SLUG_CHARACTERS = 80


def slug(text: str, fallback: str) -> str:
    """A title as a file name: lower case, words joined by hyphens, letters of any script kept; `fallback` if empty."""
    apostrophes = [("'", ""), ("’", "")]
    return slugify(text, allow_unicode=True, max_length=MAX_SLUG_CHARACTERS, replacements=apostrophes) or fallback
