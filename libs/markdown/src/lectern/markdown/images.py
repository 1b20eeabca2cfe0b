"""The image files a document refers to."""

from __future__ import annotations

from lectern.markdown.inline import flatten
from lectern.markdown.syntax import parse_tree


def images(markdown: str) -> list[tuple[int, str]]:
    """Each image's line (from 1) and name, in order. Names are decoded as `parse` decodes them.

    A name may occur more than once. What merely looks like an image inside code is none. Raises ProblemError for a
    document that cannot be parsed.
    """
    inlines = (node for node in parse_tree(markdown).root.walk() if node.type == "inline")
    return [(image.line, image.name) for inline in inlines for image in flatten([inline]).images]
