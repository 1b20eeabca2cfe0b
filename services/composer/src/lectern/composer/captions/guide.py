"""What makes captions readable: the numbers every cue is held to."""

from __future__ import annotations

import msgspec

from lectern.composer.captions.direction import right_to_left
from lectern.composer.captions.function_words import FunctionWords, function_words
from lectern.contracts.quality import Aspect


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a cue. Times in seconds, `chars` in columns, speeds in columns a second, `gap` in frames.

    A full-width letter is two columns. Values are those of Netflix's Timed Text Style Guides: the general requirements
    and the pages of each language, where `fastest` is the speed allowed for captions that are not shortened (SDH).
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
    wide: bool = False  # written in full-width letters
    rtl: bool = False


# Columns a line in 16:9, comfortable and fastest speed. Chinese: 16 letters, 9 a second (11 when nothing is shortened);
# Japanese: 13 letters, 4 (7); Korean: 16 letters, 12 (14); letters here are full-width ones, two columns each.
_WIDE = {"zh": (32, 18.0, 22.0), "yue": (32, 18.0, 22.0), "ja": (26, 8.0, 14.0), "ko": (32, 24.0, 28.0)}
_ALPHABETIC = {"ar": (42, 17.0, 20.0), "hi": (42, 17.0, 22.0), "ru": (39, 17.0, 20.0), "th": (35, 17.0, 20.0)}

# After the BBC's rule that a line takes up to 68 % of a 16:9 frame: narrower pictures, shorter lines. Full-width
# letters shrink less, as captions in narrow pictures are set relatively larger anyway.
_NARROWER: dict[Aspect, tuple[float, float]] = {
    "16:9": (1.0, 1.0),
    "1:1": (32 / 42, 26 / 32),
    "9:16": (28 / 42, 22 / 32),
}


def guide(aspect: Aspect, language: str) -> Guide:
    """The guide for a picture's shape and a BCP-47 language."""
    primary = language.replace("_", "-").split("-")[0].lower()
    wide = primary in _WIDE
    chars, comfortable, fastest = (_WIDE | _ALPHABETIC).get(primary, (42, 17.0, 20.0))
    chars = int(chars * _NARROWER[aspect][wide] + 1e-6)
    return Guide(
        chars=chars - chars % 2 if wide else chars,
        comfortable=comfortable,
        fastest=fastest,
        small=function_words(language),
        wide=wide,
        rtl=right_to_left(language),
    )
