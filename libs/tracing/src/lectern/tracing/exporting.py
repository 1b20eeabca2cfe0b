"""Exporting spans by OTLP, where the standard variables of OpenTelemetry name a collector. Never at the work's expense.

The SDK and its exporter are imported when they are wanted: they take longer to import than all else here.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry.trace import Tracer

from lectern.tracing.service import act_as, use_tracers

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
FLUSH_SECONDS = 5.0  # at the end of a process, for what was not sent yet
REPORT_SECONDS = 60.0  # between two log lines about the same failure


@contextmanager
def export_traces(service: str, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Works for `service`, and exports spans where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; flushes them at the end.

    A collector that cannot be reached is logged; work neither waits nor fails for it. Sampling, headers, batches and
    limits are those of the standard variables.
    """
    tracers = _make_tracers(environment) if _is_wanted(environment) else None
    if tracers is None:
        with act_as(service):
            yield
        return
    try:
        with use_tracers(tracers.make), act_as(service):
            yield
    finally:
        tracers.flush()


class ServiceTracers:
    """Tracers of services that share one exporter. Each service is a resource of its own."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self._tracers: dict[str, Tracer] = {}

    def make(self, service: str) -> Tracer:
        """The tracer of a service."""
        if service not in self._tracers:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider

            resource = Resource.create(
                {
                    "service.name": f"lectern-{service}",
                    "service.namespace": "lectern",
                    "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
                }
            )
            provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            provider.add_span_processor(self._processor)
            self._tracers[service] = provider.get_tracer("lectern")
        return self._tracers[service]

    def flush(self) -> None:
        """Sends what is left, for `FLUSH_SECONDS` at most: a dead collector must not hold up a process that ends."""
        flushing = threading.Thread(target=self._processor.shutdown, name="flush-spans", daemon=True)
        flushing.start()
        flushing.join(FLUSH_SECONDS)


def _is_wanted(environment: Mapping[str, str]) -> bool:
    return (
        any(environment.get(name) for name in ENDPOINTS)
        and environment.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"
        and environment.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() != "none"
    )


def _make_tracers(environment: Mapping[str, str]) -> ServiceTracers | None:
    """None where the variables cannot be used, which is logged: a service is not stopped by its traces."""
    logger = structlog.get_logger("lectern.tracing")
    protocol = next((environment[name] for name in PROTOCOLS if environment.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        remedy = "set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and the collector's endpoint for it, port 4318"
        logger.error("traces are not exported: this protocol is not spoken", action="export-off", remedy=remedy)
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        processor = BatchSpanProcessor(OTLPSpanExporter())
    except Exception as error:  # whatever a variable may hold
        remedy = "look at the OTEL_ variables"
        logger.error(
            "traces are not exported: they are set up wrongly",
            action="export-off",
            error=type(error).__name__,
            remedy=remedy,
        )
        return None
    _report_failures()
    return ServiceTracers(processor)


def _report_failures() -> None:
    """Has the SDK's own log lines come as ours, seldom, and without the addresses and answers that they quote."""
    sdk = logging.getLogger("opentelemetry")
    sdk.handlers = [FailureReporter()]
    sdk.propagate = False


class FailureReporter(logging.Handler):
    """Logs each kind of failure once in `REPORT_SECONDS`, by the unfilled text of its message."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._reported: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Logs a record of the SDK, unless its like was logged a moment ago."""
        message, now = str(record.msg), time.monotonic()
        if now - self._reported.get(message, -REPORT_SECONDS) < REPORT_SECONDS:
            return
        self._reported[message] = now
        error = record.exc_info[0] if record.exc_info else None
        structlog.get_logger("lectern.tracing").warning(
            "spans are not exported",
            action="export-failed",
            reason=message,
            error=error.__name__ if error else None,
            remedy="check that OTEL_EXPORTER_OTLP_ENDPOINT names a collector that answers",
        )
