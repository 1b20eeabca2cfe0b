"""Temporary changes to the defaults of manim's classes and to what its modules call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from manim import Mobject, config


@contextmanager
def patch_defaults(kind: type[Mobject], **values: Any) -> Iterator[None]:
    """Call `kind(...)` with `values` inside the block, unless the caller passes its own."""
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
def patch_attribute(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set `owner.name` to `value` inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def use_config(values: dict[str, Any]) -> Iterator[None]:
    """Use these settings of manim inside the block, as `manim.tempconfig` does, and those from before after it.

    `tempconfig` sets the renderer again as well, by which manim gives all its classes their bases anew: 10 ms or more.
    """
    before = config.copy()
    config.update({name: value for name, value in values.items() if name in before})
    try:
        yield
    finally:
        if config.renderer == before.renderer:
            config._d.update(before._d)
            config.tex_template = before.tex_template
        else:
            config.update(before)
