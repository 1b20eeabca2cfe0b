"""Changing for a while what manim's classes default to and what its modules call."""

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


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Inside, `owner.name` is `value`."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
