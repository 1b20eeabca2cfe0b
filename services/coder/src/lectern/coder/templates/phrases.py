"""Key phrases: the few words of a sentence that say what it is about."""

from __future__ import annotations

import re

from lectern.coder.templates.text import clean_line, shorten
from lectern.language.sentences import sentences
from lectern.language.words import is_content_word

MAX_WORDS = 13
MAX_CHARACTERS = 90
# Within a sentence; a full stop there belongs to a number, an abbreviation or a name.
_CLAUSES = re.compile(r"(?<=[!?…;；])\s+|\s*[,:，、：]\s+|\s+[—–-]\s+|\s*[()（）\"“”]\s*|(?<=[，、：；])")
_JOINTS = re.compile(
    r"\s+(?=(?:and|but|because|so|which|that|when|while|where|who|if|until|unless|before|after)\s)", re.IGNORECASE
)
_OPENERS = re.compile(
    r"^(?:and|but|so|then|now|because|which|that|or|also|next|first|finally|well|here|when|while)\s+", re.IGNORECASE
)
_LOOSE_ENDS = re.compile(
    r"\s+(?:and|or|but|of|the|a|an|to|in|on|at|for|with|by|from|into|is|are|as|than|that|its)$", re.IGNORECASE
)
_ASIDE = re.compile(r"(?:when|while|if|because|although|though|until|unless|before|after|where)\s", re.IGNORECASE)


def key_phrase(text: str, language: str = "en") -> str:
    """The most meaningful part of a sentence or two, at most `MAX_WORDS` words, as spoken; "" without words."""
    parts = (part for sentence in sentences(clean_line(text), language) for part in _CLAUSES.split(sentence))
    clauses = [part for part in parts if part and part.strip()]
    candidates: list[tuple[str, bool]] = []
    for clause in clauses:
        pieces = [clause] if len(clause.split()) <= MAX_WORDS else _JOINTS.split(clause)
        candidates += [(_trim(piece), bool(_ASIDE.match(piece.strip()))) for piece in pieces]
    scored = [(_weight(piece, aside) - 0.15 * place, piece) for place, (piece, aside) in enumerate(candidates) if piece]
    if not any(weight > 0 for weight, _ in scored):
        scored = [(0.0, _trim(clean_line(text)))]
    best = max(scored, default=(0.0, ""), key=lambda pair: pair[0])[1]
    return best[:1].upper() + best[1:]


def _trim(piece: str) -> str:
    piece = piece.strip(" .,;:!?…。！？；，、：-–—")
    for _ in range(3):
        piece = _OPENERS.sub("", piece)
    words = piece.split()
    if len(words) > MAX_WORDS:
        piece = " ".join(words[:MAX_WORDS])
    for _ in range(3):
        piece = _LOOSE_ENDS.sub("", piece)
    return shorten(piece, MAX_CHARACTERS)


def _weight(piece: str, aside: bool) -> float:
    """Content words count by their length; those of an aside count half."""
    content = [word for word in piece.split() if is_content_word(word)]
    return sum(1.0 + min(len(word), 12) / 12 for word in content[:6]) * (0.5 if aside else 1.0)
