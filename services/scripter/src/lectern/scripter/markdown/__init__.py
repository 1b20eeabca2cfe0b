"""A script as Markdown: what people write, read and edit. `parse` and `render` are each other's inverse."""

from lectern.scripter.markdown.reading import parse
from lectern.scripter.markdown.writing import render

__all__ = ["parse", "render"]
