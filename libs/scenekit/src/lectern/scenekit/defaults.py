"""Changing what manim's classes default to, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from manim import Mobject


@contextmanager
def default(kind: type[Mobject], **values: Any) -> Iterator[None]:
    """Inside, `kind(...)` is called with `values` unless the caller says otherwise."""
    before = kind.__dict__.get("__init__")
    kind.set_default(**values)
    try:
        yield
    finally:
        if before is None:
            del kind.__init__
        else:
            kind.__init__ = before
