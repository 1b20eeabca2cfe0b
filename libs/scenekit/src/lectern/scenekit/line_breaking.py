"""Setting text in balanced lines, and finding the baselines of what was set."""

from __future__ import annotations

import unicodedata
from typing import Any

from manim import Text

CAP_HEIGHT = 0.727
"""Height of a capital in Inter, as a share of the font size."""
UNITS_PER_POINT = 0.01388
"""Manim units per point of font size: an em of 48 points is 0.67 units high (measured with Inter)."""
DESCENDING = set("gjpqyQJç,;()[]{}|/\\_@$§µ„‚")
"""Characters that reach below the baseline."""
_VOWELS = frozenset("aeiouyäöüéèêáíóúAEIOUYÄÖÜ")
_UNPRINTABLE = ("Cc", "Cs", "Cn", "Co")


def replace_unprintable(text: str) -> str:
    """Replace control characters and lone surrogates, which no font can set, with spaces. Newlines stay."""
    return "".join(each if each == "\n" or unicodedata.category(each) not in _UNPRINTABLE else " " for each in text)


def line_gap(size: float) -> float:
    """Return the distance in units between the baselines of two lines of font size `size`."""
    return size * UNITS_PER_POINT * 1.38


def measure_capitals(line: Text, size: float) -> tuple[float, float]:
    """Return (baseline, top of a capital) of a line of text of font size `size`, as y in units.

    For scripts whose letters do not stand on the baseline, these are the bottom and top of the line's box.
    """
    letters = "".join(character for character in line.text if not character.isspace())
    shapes = [each for each in line.submobjects if each.has_points()]
    if len(letters) == len(shapes):
        bottoms = [
            shape.get_bottom()[1]
            for letter, shape in zip(letters, shapes, strict=True)
            if letter not in DESCENDING and unicodedata.category(letter)[0] in "LN" and ord(letter) < 0x250
        ]
        if bottoms:
            baseline = sorted(bottoms)[len(bottoms) // 2]
            return baseline, baseline + size * UNITS_PER_POINT * CAP_HEIGHT
    return float(line.get_bottom()[1]), float(line.get_top()[1])


def find_bullet_height(line: Text, size: float) -> float:
    """Return the y, in units, at which a bullet looks centred beside a line: mid-way up its small letters."""
    baseline, top = measure_capitals(line, size)
    return baseline + (top - baseline) * 0.42


def wrap(text: str, width: float | None, style: dict[str, Any]) -> list[Text]:
    """Set `text` in as few lines of at most `width` units as it needs, as even as they can be.

    `style` are the keyword arguments for manim's Text; None for `width` means one line.
    """
    whole = Text(text, **style)
    total = whole.width
    if width is None or len(text) < 2 or total <= width:
        return [whole]
    limit = width / (total / len(text))
    words, joint = text.split(), " "
    if is_unspaced(text):
        words, joint = list(text), ""
    else:
        words = [piece for word in words for piece in hyphenate(word, limit)]
    lines = _break_lines(words, joint, limit)
    # the narrowest limit that needs no more lines gives the most even ones
    low, high = limit * 0.4, limit
    for _ in range(12):
        middle = (low + high) / 2
        if len(_break_lines(words, joint, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    pieces = _set_lines(_break_lines(words, joint, high), style)
    if any(piece.width > width for piece in pieces):
        pieces = _set_lines(_break_lines(words, joint, limit * 0.88), style)
    return pieces


def is_unspaced(text: str) -> bool:
    """Return whether a text's script, such as Chinese or Thai, has lines that may break between any two letters."""
    letters = [each for each in text if each.isalpha()]
    unspaced = [each for each in letters if ord(each) >= 0x2E80 or 0x0E00 <= ord(each) < 0x0F00]
    return len(unspaced) * 2 > len(letters) and not 0xAC00 <= ord(unspaced[0]) < 0xD7B0


def hyphenate(word: str, limit: float) -> list[str]:
    """Divide a word that is longer than `limit` letters, with hyphens, between a vowel and a consonant if it can be."""
    room = max(2, int(limit) - 1)
    pieces: list[str] = []
    while len(word) > max(limit, 3.0):
        ends = [end for end in range(min(3, room), room + 1) if len(word) - end >= 2]
        if not ends:
            break
        own = [end for end in ends if word[end - 1] in "-/\u2013"]
        good = [end for end in ends if word[end - 1] in _VOWELS and word[end] not in _VOWELS and word[end].isalpha()]
        end = max(own or good or ends)
        pieces.append(word[:end] if own or not word[end - 1].isalpha() else word[:end] + "-")
        word = word[end:]
    return [*pieces, word]


def _set_lines(lines: list[str], style: dict[str, Any]) -> list[Text]:
    return [Text(line.strip(), **style) for line in lines if line.strip()]


def _break_lines(words: list[str], joint: str, limit: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + joint + word
        if len(longer) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
