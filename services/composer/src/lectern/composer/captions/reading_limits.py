"""The limits that keep every cue readable."""

from __future__ import annotations

import msgspec

from lectern.contracts.quality import Aspect
from lectern.language.function_words import FunctionWords, function_words
from lectern.language.tags import base_language


class ReadingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a cue. Times in seconds, `columns` of a line, speeds in columns a second, `gap` in frames.

    A full-width letter is two columns. Values are those of Netflix's Timed Text Style Guides: the general requirements
    and the pages of each language, where `max_speed` is the speed allowed for captions that are not shortened (SDH).
    """

    language: str
    columns: int = 42
    lines: int = 2
    min_seconds: float = 5 / 6
    max_seconds: float = 7.0
    comfortable_speed: float = 17.0
    max_speed: float = 20.0
    gap: int = 2  # between cues, so that the eye notices the change
    min_pause: float = 0.5  # a shorter pause between cues is closed to `gap`
    linger: float = 1.0  # how long a cue may stay after its last word for slow readers
    function_words: FunctionWords = FunctionWords()
    full_width: bool = False  # written in full-width letters


# Columns a line in 16:9, comfortable and highest speed. Chinese: 16 letters, 9 a second (11 when nothing is shortened);
# Japanese: 13 letters, 4 (7); Korean: 16 letters, 12 (14); letters here are full-width ones, two columns each.
_FULL_WIDTH = {"zh": (32, 18.0, 22.0), "yue": (32, 18.0, 22.0), "ja": (26, 8.0, 14.0), "ko": (32, 24.0, 28.0)}
_ALPHABETIC = {"ar": (42, 17.0, 20.0), "hi": (42, 17.0, 22.0), "ru": (39, 17.0, 20.0), "th": (35, 17.0, 20.0)}
_DEFAULT = (42, 17.0, 20.0)

# After the BBC's rule that a line takes up to 68 % of a 16:9 frame: narrower pictures, shorter lines. Full-width
# letters shrink less, as captions in narrow pictures are set relatively larger anyway.
_ASPECT_FACTORS: dict[Aspect, tuple[float, float]] = {
    "16:9": (1.0, 1.0),
    "1:1": (32 / 42, 26 / 32),
    "9:16": (28 / 42, 22 / 32),
}


def limits_for(aspect: Aspect, language: str) -> ReadingLimits:
    """Returns the limits for a picture's aspect and a BCP-47 language."""
    base = base_language(language)
    full_width = base in _FULL_WIDTH
    columns, comfortable_speed, max_speed = (_FULL_WIDTH | _ALPHABETIC).get(base, _DEFAULT)
    columns = int(columns * _ASPECT_FACTORS[aspect][full_width] + 1e-6)
    return ReadingLimits(
        language=language,
        columns=columns - columns % 2 if full_width else columns,
        comfortable_speed=comfortable_speed,
        max_speed=max_speed,
        function_words=function_words(language),
        full_width=full_width,
    )
