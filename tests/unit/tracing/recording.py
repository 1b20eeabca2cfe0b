"""Recorded spans, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lectern.tracing import act_as
from lectern.tracing.exporting import ServiceTracers
from lectern.tracing.service import use_tracers


class Recording:
    """The spans that ended so far."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """In the order in which they ended."""
        return self._exporter.get_finished_spans()

    def find(self, name: str) -> ReadableSpan:
        """The only span of a name."""
        [span] = [span for span in self.spans if span.name == name]
        return span


@contextmanager
def record(service: str = "tests") -> Iterator[Recording]:
    """Records spans as `service` while the context lasts."""
    exporter = InMemorySpanExporter()
    with use_tracers(ServiceTracers(SimpleSpanProcessor(exporter)).make), act_as(service):
        yield Recording(exporter)
