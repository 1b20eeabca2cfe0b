"""Text from outside: accepted only in a form that can be stored and shown, and cleaned where it cannot be refused.

Categories are Unicode's general ones (UAX 44): Cc is control, Cf format, Cs surrogate.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MAX_COMBINING_MARKS", "clean_line", "clean_text", "is_visible", "normalize_text", "shorten"]

MAX_COMBINING_MARKS = 30  # in a row, as in UAX 15's stream-safe text: normalising n of them takes n squared steps
_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_WHITE_SPACE_CONTROLS = "\n\t"
_JOINERS = "\u200c\u200d"  # Persian, the scripts of India and emoji need them
# Letters and symbols that have no ink: fillers of Korean, and a Braille pattern without dots.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def normalize_text(text: str, *, lines: bool = False) -> str:
    """Text in Unicode's composed form (NFC), with `\\n` at the end of each line if it may have `lines`.

    Raises ValueError, with words that follow the name of a field, for control characters, surrogates, overrides of the
    direction of writing (UAX 9) and endless combining marks.
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = _BREAKS.sub("\n", text.removeprefix("\ufeff"))
    fault = _CONTROLS.search(text) or _DIRECTION_OVERRIDES.search(text) or (not lines and re.search("[\n\t]", text))
    if fault:
        raise ValueError(f"holds {_describe(fault[0])}{_locate(text, fault.start(), lines=lines)}; delete it")
    if not text.isascii() and _has_endless_marks(text):
        raise ValueError(f"holds more than {MAX_COMBINING_MARKS} combining marks on one letter; delete them")
    return unicodedata.normalize("NFC", text)


def is_visible(text: str) -> bool:
    """True if a text has anything to see: a letter, digit, punctuation mark or symbol."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in text)


def clean_text(text: str) -> str:
    """Text without what acts on a terminal or hides: Cc, Cf and Cs, other than `\\n`, `\\t` and the two joiners.

    For the words of hostile code, and whatever else cannot be refused.
    """
    if text.isprintable():
        return text
    text = _BREAKS.sub("\n", text)
    return "".join(char for char in text if char.isprintable() or _is_harmless(char))


def clean_line(text: str) -> str:
    """The same as one line: a text cannot begin a line of its own."""
    return clean_text(text).replace("\n", " ").replace("\t", " ")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of a text, cut between words where there are any, and marked with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at = max(kept.rfind(" "), kept.rfind("\n"))
    return (kept[:at] if at > limit // 2 else kept).rstrip() + "…"


def _is_harmless(char: str) -> bool:
    return char in _WHITE_SPACE_CONTROLS or char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _describe(char: str) -> str:
    names = {"\n": "a line break", "\t": "a tab"}
    kinds = {"Cc": "the control character", "Cs": "the lone surrogate"}
    kind = kinds.get(unicodedata.category(char), "the direction override")
    return names.get(char) or f"{kind} U+{ord(char):04X}"


def _locate(text: str, at: int, *, lines: bool) -> str:
    return f" in line {text.count(chr(10), 0, at) + 1}" if lines else f" at character {at + 1}"


def _has_endless_marks(text: str) -> bool:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MAX_COMBINING_MARKS:
            return True
    return False
