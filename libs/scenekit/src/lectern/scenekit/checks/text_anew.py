"""The rule about text that is set anew in every frame, seen by listening while updaters run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from manim import SVGMobject

from lectern.scenekit.patching import patch_attribute

from .picture import TEXT_KINDS
from .rules import TEXT_SET_ANEW, Fault


@contextmanager
def listen_for_text(find_line: Callable[[], int | None], heard: dict[int | None, str]) -> Iterator[None]:
    """Note, by the author's line, the text that is set inside the block.

    The block runs updaters for a moment that they have already seen: whoever sets text there does so in every frame.
    """
    set_up = SVGMobject.__init__

    def listen(mobject: Any, *args: Any, **kwargs: Any) -> None:
        set_up(mobject, *args, **kwargs)
        if isinstance(mobject, TEXT_KINDS):
            heard.setdefault(find_line(), f"{type(mobject).__name__}({str(getattr(mobject, 'text', ''))[:40]!r})")

    with patch_attribute(SVGMobject, "__init__", listen):
        yield


def describe_text(name: str) -> Fault:
    """Report text that is set anew."""
    return Fault(rule=TEXT_SET_ANEW, what=f"{name} is set anew in every frame", name=name.partition("(")[0])
