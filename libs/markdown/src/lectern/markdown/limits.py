"""The limits of a lesson: how much can be followed by ear, and read on a screen the width of a hand."""

from __future__ import annotations

WORDS_PER_SECOND = 156 / 60  # while speaking, measured over the bundled lessons with the default voice
BEAT_WORDS = 60  # about 21 s; a visual that rests longer loses its viewers
BEAT_CHARACTERS = 2_000  # of a beat, and of each note on it; what the API takes
SCENE_WORDS = 240  # about 85 s
SCENES = 100
TITLE_CHARACTERS = 120
ITEMS = {"bullets": 7, "flow": 8, "timeline": 8, "comparison": 6, "equation": 6}
ITEM_CHARACTERS = 90
CHART_ROWS, CHART_SERIES = 12, 4
TABLE_COLUMNS, TABLE_ROWS = (2, 5), 8
TABLE_CELL_CHARACTERS = 40
CODE_LINES, CODE_COLUMNS = 16, 64

# Beyond these nothing is read at all. Reading takes time with the square of such a part's length, and no honest part
# comes near: a page of a book has 3,000 characters, the longest scene of the bundled lessons 6,000.
PARAGRAPH_CHARACTERS = 10_000
MANIM_CHARACTERS = 16_000  # of a scene's code, and of the cast
PIPED_COLUMNS = 60  # a wider table is text
FRONT_MATTER_VALUES = 500  # of one key
DESTINATION_CHARACTERS = 1_000  # of a link or an image, which every reference to it repeats
PICTURE_NAME_BYTES = 255  # of UTF-8; what file systems allow
