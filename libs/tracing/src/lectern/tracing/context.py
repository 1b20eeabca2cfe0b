"""The trace context of messages and requests: W3C `traceparent`, and nothing else of what a client may send.

`tracestate` and `baggage` hold whatever their sender likes, and would be carried through every service.
A trace has its id also where no spans are recorded, so that the log lines of a video can be found by it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TraceHeaders: TypeAlias = dict[str, str]

_HEADER = "traceparent"
_RESPONSE_HEADER = "traceresponse"
_PROPAGATOR = TraceContextTextMapPropagator()
_SAMPLED = trace.TraceFlags.SAMPLED


def trace_headers() -> TraceHeaders:
    """The current trace context as headers; none outside of a trace."""
    context = trace.get_current_span().get_span_context()
    return {_HEADER: _encode(context)} if context.is_valid else {}


def find_trace_id() -> str:
    """The id of the current trace, 32 hexadecimal digits; "" outside of one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def continue_trace(headers: Mapping[str, str] | None) -> Context:
    """The context that headers carry, for `record_span`; an empty one where they carry none, or none that is valid."""
    sent = (headers or {}).get(_HEADER)
    return _PROPAGATOR.extract({_HEADER: sent}, context=Context()) if sent else Context()


@contextmanager
def following_trace(headers: Mapping[str, str] | None) -> Iterator[None]:
    """Makes the trace that headers carry the current one while the context lasts, and records nothing in it."""
    token = contexts.attach(continue_trace(headers))
    try:
        yield
    finally:
        contexts.detach(token)


def make_unrecorded(parent: Context) -> Context:
    """A context in which nothing is recorded: the parent's own, or that of a new trace, which has an id as well."""
    if trace.get_current_span(parent).get_span_context().is_valid:
        return parent
    # never 0, which no id may be
    new = trace.SpanContext(random.getrandbits(127) + 1, random.getrandbits(63) + 1, is_remote=False)
    return trace.set_span_in_context(trace.NonRecordingSpan(new), Context())


def response_headers() -> TraceHeaders:
    """The current trace context as headers of an answer (W3C Trace Context level 2); none outside of a trace."""
    context = trace.get_current_span().get_span_context()
    return {_RESPONSE_HEADER: _encode(context)} if context.is_valid else {}


def read_answer(headers: Mapping[str, str] | None) -> trace.SpanContext | None:
    """The span that made an answer, from its headers; None where they name none."""
    return _decode((headers or {}).get(_RESPONSE_HEADER, ""))


def current_traceparent() -> str:
    """The current span as text; "" outside of a trace."""
    return trace_headers().get(_HEADER, "")


def read_trace_id(traceparent: str) -> str:
    """The id of the trace that a traceparent names, 32 hexadecimal digits; "" for one that is not valid."""
    found = _decode(traceparent)
    return f"{found.trace_id:032x}" if found else ""


def link_current(traceparent: str) -> None:
    """Links the current span to the one that a traceparent names, if it names one."""
    if found := _decode(traceparent):
        trace.get_current_span().add_link(found)


def _decode(traceparent: str) -> trace.SpanContext | None:
    found = trace.get_current_span(continue_trace({_HEADER: traceparent})).get_span_context()
    return found if found.is_valid else None


def _encode(context: trace.SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & _SAMPLED:02x}"
