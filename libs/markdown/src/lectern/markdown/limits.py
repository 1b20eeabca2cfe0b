"""How much fits: what can be followed by ear, and read on a screen a hand wide."""

from __future__ import annotations

import re

BEAT_WORDS = 60  # about 25 s at 150 words a minute; a picture that rests longer loses its viewers
SCENE_WORDS = 240  # about 100 s
SCENES = 100
TITLE_CHARACTERS = 120
ITEMS = {"bullets": 7, "flow": 8, "timeline": 8, "comparison": 6, "equation": 6}
ITEM_CHARACTERS = 90
CHART_ROWS, CHART_SERIES = 12, 4
CODE_LINES, CODE_COLUMNS = 16, 64

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """Spoken words. Scripts written without spaces (Chinese, Japanese, Thai) count one word for two characters."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2


def place_to_split(text: str) -> str:
    """The last words of the sentence after which a long paragraph is best cut in two; "" when it is one sentence."""
    ends = [match.end() for match in re.finditer(r"[.!?…。！？]+[\"'”’)]*(?=\s)", text)]
    if not ends:
        ends = [match.end() for match in re.finditer(r"[,;:](?=\s)", text)]
    if not ends:
        return ""
    best = min(ends, key=lambda end: abs(end - len(text) / 2))
    return " ".join(text[:best].split()[-4:])
