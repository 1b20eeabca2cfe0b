"""Notes: what the user of a video should know about it, though nothing has failed."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = ["Note", "NoteCode"]

NoteCode: TypeAlias = Literal[
    "doubt", "voice-replaced", "letters-missing", "wish-unmet", "misreading", "no-pause", "not-carried"
]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence or two for people. `code` is stable: a claim to be checked, a voice that could not be used, letters
    that no font has, a wish that a finished lesson does not meet, a word that a voice may say wrongly, a long film
    without a silence, a cut that nothing is carried across although the script says so.
    """

    code: NoteCode
    text: str
