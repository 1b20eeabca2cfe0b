"""Which videos a list shows."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import msgspec


class VideoFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a video must be to be listed. What is empty or None does not matter, other than the owner.

    `words` are folded by `fold_text`, and each must occur in the title or the topic.
    """

    owner: str = ""
    statuses: frozenset[str] = frozenset()
    created_after: datetime | None = None
    created_before: datetime | None = None
    metadata: dict[str, str] = {}
    words: tuple[str, ...] = ()
    batch: str = ""
    parent: str = ""
    external_id: str = ""


def fold_text(text: str) -> str:
    """Text without case and accents, so that `eclair` finds `Éclair`: NFKD without marks (Mn), case-folded."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn").casefold()
