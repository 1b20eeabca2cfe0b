"""Spans of a service's work, and the trace context that travels with messages. Next to free unless exported."""

from lectern.tracing.context import (
    TraceHeaders,
    continue_trace,
    current_traceparent,
    find_trace_id,
    following_trace,
    link_current,
    read_answer,
    read_trace_id,
    response_headers,
    trace_headers,
)
from lectern.tracing.exporting import export_traces
from lectern.tracing.service import act_as, acting_service
from lectern.tracing.spans import SpanKind, leave_trace, note_failure, record_past, record_span

__all__ = [
    "SpanKind",
    "TraceHeaders",
    "act_as",
    "acting_service",
    "continue_trace",
    "current_traceparent",
    "export_traces",
    "find_trace_id",
    "following_trace",
    "leave_trace",
    "link_current",
    "note_failure",
    "read_answer",
    "read_trace_id",
    "record_past",
    "record_span",
    "response_headers",
    "trace_headers",
]
