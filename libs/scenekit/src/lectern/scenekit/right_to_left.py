"""Right-to-left text on the page that manim has Pango set it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import manim.mobject.text.text_mobject as text_mobject

from .patching import patch_attribute


@contextmanager
def keep_right_to_left_text() -> Iterator[None]:
    """Keep right-to-left text on its page inside the block.

    manim begins a line START_X into a page and lets Pango set it as wide as the page, so that what is aligned to the
    right lies START_X beyond the page's edge, where Cairo drops it: a short Arabic or Hebrew word had no glyphs.
    """
    pango = text_mobject.manimpango

    class PagedPango:
        """manimpango, with lines that end at the page's edge."""

        def __getattr__(self, name: str) -> Any:
            return getattr(pango, name)

        @staticmethod
        def text2svg(*args: Any, **kwargs: Any) -> Any:
            """See manimpango: of `args` the sixth is START_X and the eighth the page's width."""
            start, width = args[5], args[7]
            return pango.text2svg(*args, **{"pango_width": width - start, **kwargs})

    with patch_attribute(text_mobject, "manimpango", PagedPango()):
        yield
