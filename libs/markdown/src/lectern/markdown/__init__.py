"""A script as Markdown: what people write, read and edit. `parse` and `render` are each other's inverse."""

from lectern.markdown.reading import parse
from lectern.markdown.writing import render

__all__ = ["parse", "render"]
