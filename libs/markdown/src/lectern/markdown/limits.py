"""The limits of a lesson: how much can be followed by ear, and read on a screen the width of a hand."""

from __future__ import annotations

WORDS_PER_SECOND = 172 / 60  # while speaking, measured over the bundled lessons with the default voice
BEAT_WORDS = 60  # about 21 s; a visual that rests longer loses its viewers
SCENE_WORDS = 240  # about 85 s
SCENES = 100
TITLE_CHARACTERS = 120
ITEMS = {"bullets": 7, "flow": 8, "timeline": 8, "comparison": 6, "equation": 6}
ITEM_CHARACTERS = 90
CHART_ROWS, CHART_SERIES = 12, 4
CODE_LINES, CODE_COLUMNS = 16, 64
