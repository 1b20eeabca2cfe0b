"""The Markdown of lessons: what people write, read and edit. `parse` and `render` are each other's inverse."""

from lectern.markdown.errors import NoScenes
from lectern.markdown.front_matter import FrontMatter, read_front_matter
from lectern.markdown.images import images
from lectern.markdown.narration import narration
from lectern.markdown.parsing import parse
from lectern.markdown.rendering import render

__all__ = ["FrontMatter", "NoScenes", "images", "narration", "parse", "read_front_matter", "render"]
