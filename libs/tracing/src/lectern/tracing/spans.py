"""Recording spans: what took how long, in which service. Attributes are numbers, kinds and ids, never texts or keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode

from lectern.tracing.context import make_unrecorded
from lectern.tracing.service import find_tracer

__all__ = ["SpanKind", "leave_trace", "note_failure", "record_past", "record_span"]

Attribute: TypeAlias = str | int | float | bool | None
_NANOSECONDS = 1_000_000_000


@contextmanager
def record_span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: Context | None = None,
    **attributes: Attribute,
) -> Iterator[Span]:
    """Records what happens while the context lasts, as a part of the current span or of `parent`, a message's context.

    Only a `parent`, which may be empty, begins a trace: what nobody asked for, such as following the log, has none.
    Attributes are named `lectern.…`; those that are None are left out. A failure is noted by its type: its text may
    hold what a user wrote. Nothing is recorded while traces are not exported; a message's context goes on all the same.
    """
    tracer = find_tracer()
    if parent is None and (tracer is None or not trace.get_current_span().get_span_context().is_valid):
        yield INVALID_SPAN
        return
    if tracer is None:
        assert parent is not None
        token = contexts.attach(make_unrecorded(parent))
        try:
            yield INVALID_SPAN
        finally:
            contexts.detach(token)
        return
    span = tracer.start_span(name, parent, kind, attributes=_name(attributes))
    token = contexts.attach(trace.set_span_in_context(span, parent))
    try:
        yield span
    except BaseException as error:
        note_failure(span, error)
        raise
    finally:
        contexts.detach(token)
        span.end()


@contextmanager
def leave_trace() -> Iterator[None]:
    """Has what begins while the context lasts, and outlives the work that began it, belong to no trace."""
    token = contexts.attach(Context())
    try:
        yield
    finally:
        contexts.detach(token)


def record_past(name: str, since: datetime, until: datetime, parent: Context, **attributes: Attribute) -> None:
    """Records what has happened already in the trace of `parent`, such as a wait that nobody saw while it went on."""
    traced = trace.get_current_span(parent).get_span_context().is_valid
    if (tracer := find_tracer()) is None or not traced or until <= since:
        return
    start, end = (int(at.timestamp() * _NANOSECONDS) for at in (since, until))
    tracer.start_span(name, parent, attributes=_name(attributes), start_time=start).end(end)


def note_failure(span: Span, error: BaseException | str) -> None:
    """Marks a span as failed, by the type of its error or the code of its problem. Being stopped is no failure."""
    name = error if isinstance(error, str) else type(error).__name__
    span.set_attribute("error.type", name)
    if not isinstance(error, asyncio.CancelledError | GeneratorExit):
        span.set_status(Status(StatusCode.ERROR, name))


def _name(attributes: dict[str, Attribute]) -> dict[str, str | int | float | bool]:
    return {f"lectern.{name}": value for name, value in attributes.items() if value is not None}
