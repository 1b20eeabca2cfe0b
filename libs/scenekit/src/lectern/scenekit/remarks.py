"""What the kit has to say about a scene while it is built, such as that a text was too long for its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .checks.rules import Fault

_listener: ContextVar[Callable[[Fault], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listen_for_remarks(listener: Callable[[Fault], None]) -> Iterator[None]:
    """Pass each remark that is made inside the block to `listener`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def remark(fault: Fault) -> None:
    """Make a remark; nobody may be listening."""
    listener = _listener.get()
    if listener is not None:
        listener(fault)
