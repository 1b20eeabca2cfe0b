"""Logs and traces; the same for every service."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import stamina.instrumentation
import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from lectern.contracts.plain_text import clean_text


def configure_logs(log_format: str = "auto", level: str = "INFO", *, to: TextIO | None = None) -> None:
    """Sends structured logs to stderr, or `to` a file: JSON in a cluster, readable lines on a terminal.

    Called from `__main__`.
    """
    to = to or sys.stderr
    console = log_format == "console" or (log_format == "auto" and to.isatty())
    renderer = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *([_clean_values] if console else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), 20)),
        logger_factory=structlog.PrintLoggerFactory(to),
    )
    stamina.instrumentation.set_on_retry_hooks([_log_retry])


def _clean_values(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A scene's words may stand in an entry: none may act on the terminal. JSON escapes them by itself."""
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in entry.items()}


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """Logs a retry without its arguments or the error's text, which may hold what a user wrote or a key."""
    structlog.get_logger("lectern.retries").info(
        "retrying",
        action="retry",
        attempt=details.retry_num + 1,
        seconds=round(details.wait_for, 2),
        error=type(details.caused_by).__name__,
    )


def configure_traces(service: str) -> None:
    """Starts tracing. Spans leave the process only when `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"lectern-{service}"}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def trace_headers() -> dict[str, str]:
    """The current trace context as message headers (W3C traceparent)."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


def span(name: str, headers: Mapping[str, str] | None, **attributes: str | int) -> trace.Span:
    """A consumer span that continues the trace in a message's headers; use with `trace.use_span`."""
    parent = propagate.extract(dict(headers or {}))
    return trace.get_tracer("lectern").start_span(
        name, context=parent, kind=trace.SpanKind.CONSUMER, attributes={**attributes}
    )
