"""What makes captions readable: the numbers every cue is held to."""

from __future__ import annotations

import msgspec

from lectern.composer.captions.function_words import FunctionWords, function_words
from lectern.contracts.quality import Aspect


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a cue. Times in seconds, speeds in characters a second, `gap` in frames.

    Values are those of Netflix's Timed Text Style Guide (general requirements, English); `chars` follows the width of
    the picture, after the BBC's rule that a line takes up to 68 % of a 16:9 frame.
    """

    chars: int = 42  # a line
    lines: int = 2
    shortest: float = 5 / 6
    longest: float = 7.0
    comfortable: float = 17.0
    fastest: float = 20.0
    gap: int = 2  # between cues, so that the eye notices the change
    close: float = 0.5  # a pause shorter than this between cues is closed to `gap`
    linger: float = 1.0  # how long a cue may stay after its last word for slow readers
    small: FunctionWords = FunctionWords()


_CHARS: dict[Aspect, int] = {"16:9": 42, "1:1": 32, "9:16": 28}


def guide(aspect: Aspect, language: str) -> Guide:
    """The guide for a picture's shape and a BCP-47 language."""
    return Guide(chars=_CHARS[aspect], small=function_words(language))
