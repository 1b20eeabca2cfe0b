"""Right-to-left languages: what a line carries so that every player puts its full stop on the left."""

from __future__ import annotations

EMBED, POP = "\u202b", "\u202c"  # right-to-left embedding, and its end

_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi")
)


def right_to_left(language: str) -> bool:
    """Whether a BCP-47 language is written from right to left. A script subtag decides where there is one."""
    first, *more = language.replace("_", "-").lower().split("-")
    return "arab" in more or "hebr" in more or (first in _RIGHT_TO_LEFT and not {"latn", "cyrl"} & set(more))


def directed(line: str, *, rtl: bool) -> str:
    """A line in logical order that reads from right to left wherever it is shown.

    Half of all players guess a line's direction from its first letter, which fails for "DNA هو…"; the other half
    take left to right for granted, which puts full stops on the wrong side. An embedding around the whole line is
    right in both. Isolates would be as good, but renderers from before Unicode 6.3 (2013), televisions above all,
    draw them as boxes; each line has its own because an embedding ends with its paragraph.
    """
    return f"{EMBED}{line}{POP}" if rtl and line else line
