"""Which service a task works for: six of them may share one process, and each has its own name in traces and logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from opentelemetry.trace import Tracer

MakeTracer: TypeAlias = Callable[[str], Tracer]

_service: ContextVar[str] = ContextVar("lectern-service", default="")
_tracer: ContextVar[Tracer | None] = ContextVar("lectern-tracer", default=None)
_make_tracer: ContextVar[MakeTracer | None] = ContextVar("lectern-make-tracer", default=None)


def acting_service() -> str:
    """The service that the current task works for; "" outside of any."""
    return _service.get()


def find_tracer() -> Tracer | None:
    """The tracer of that service; None while traces are not exported."""
    return _tracer.get()


@contextmanager
def act_as(service: str) -> Iterator[None]:
    """Has this task, and those that it starts, work for a service while the context lasts."""
    make = _make_tracer.get()
    name, tracer = _service.set(service), _tracer.set(make(service) if make else None)
    try:
        yield
    finally:
        _tracer.reset(tracer)
        _service.reset(name)


@contextmanager
def use_tracers(make: MakeTracer) -> Iterator[None]:
    """Has services trace with what `make` returns for their names, if they begin to act while the context lasts."""
    token = _make_tracer.set(make)
    try:
        yield
    finally:
        _make_tracer.reset(token)
