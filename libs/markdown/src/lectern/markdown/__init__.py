"""The Markdown of lessons: what people write, read and edit. `parse` and `render` are each other's inverse.

Its `limits` module says how long the parts of a lesson may be.
"""

from lectern.markdown.blocks import parse_block
from lectern.markdown.errors import ErrorCollector, NoScenes
from lectern.markdown.front_matter import FrontMatter, read_front_matter
from lectern.markdown.hints import Hint, find_hints, write_notes
from lectern.markdown.images import images
from lectern.markdown.inline import clean_line
from lectern.markdown.narration import narration, silence
from lectern.markdown.parsing import parse
from lectern.markdown.rendering import render

__all__ = [
    "ErrorCollector",
    "FrontMatter",
    "Hint",
    "NoScenes",
    "clean_line",
    "find_hints",
    "images",
    "narration",
    "parse",
    "parse_block",
    "read_front_matter",
    "render",
    "silence",
    "write_notes",
]
