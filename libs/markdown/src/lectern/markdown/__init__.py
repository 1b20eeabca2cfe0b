"""The Markdown of lessons: what people write, read and edit. `parse` and `render` are each other's inverse."""

from lectern.markdown.errors import NoScenes
from lectern.markdown.images import images
from lectern.markdown.parsing import parse
from lectern.markdown.rendering import render

__all__ = ["NoScenes", "images", "parse", "render"]
