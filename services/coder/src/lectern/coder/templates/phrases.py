"""The few words of a sentence that say what it is about, without a model."""

from __future__ import annotations

import re

from lectern.coder.templates.text import visible
from lectern.coder.templates.words import tells

MOST_WORDS = 13
_CLAUSES = re.compile(r"(?<=[.!?…。！？;；])\s*|\s*[,:，、：]\s+|\s+[—–-]\s+|\s*[()（）\"“”]\s*|(?<=[，、：])")
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


def key_phrase(text: str) -> str:
    """The telling part of a sentence or two, at most thirteen words, as spoken. "" when there are no words."""
    clauses = [part for part in _CLAUSES.split(visible(text)) if part and part.strip()]
    candidates: list[tuple[str, bool]] = []
    for clause in clauses:
        pieces = [clause] if _count(clause) <= MOST_WORDS else _JOINTS.split(clause)
        candidates += [(_trimmed(piece), bool(_ASIDE.match(piece.strip()))) for piece in pieces]
    scored = [(_weight(piece, aside) - 0.15 * place, piece) for place, (piece, aside) in enumerate(candidates) if piece]
    if not any(weight > 0 for weight, _ in scored):
        scored = [(0.0, _trimmed(visible(text)))]
    best = max(scored, default=(0.0, ""), key=lambda pair: pair[0])[1]
    return best[:1].upper() + best[1:]


def _trimmed(piece: str) -> str:
    piece = piece.strip(" .,;:!?…。！？；，、：-–—")
    for _ in range(3):
        piece = _OPENERS.sub("", piece)
    words = piece.split()
    if len(words) > MOST_WORDS:
        piece = " ".join(words[:MOST_WORDS])
    for _ in range(3):
        piece = _LOOSE_ENDS.sub("", piece)
    return piece if len(piece) <= 90 else piece[:89].rstrip() + "…"


def _weight(piece: str, aside: bool) -> float:
    """Telling words count by their length, those of a side remark less."""
    telling = [word for word in piece.split() if tells(word)]
    return sum(1.0 + min(len(word), 12) / 12 for word in telling[:6]) * (0.5 if aside else 1.0)


def _count(text: str) -> int:
    return len(text.split())
