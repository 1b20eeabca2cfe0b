"""What tracing costs: `python bench/tracing.py [--times 20000]`. Microseconds of CPU time for each call.

Off is the default: nothing is exported. On is with the SDK and a batch of spans that is encoded and dropped, so that
no collector is measured.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from lectern.tracing import act_as, continue_trace, record_span, trace_headers
from lectern.tracing.exporting import ServiceTracers
from lectern.tracing.service import use_tracers

SENT = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


class _Dropping(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        encode_spans(spans).SerializeToString()  # type: ignore[arg-type]
        return SpanExportResult.SUCCESS


def _record_part() -> None:
    with record_span("store get", object="cache/footage"):
        pass


def _record_job() -> None:
    with record_span("voice scene.planned", parent=continue_trace(SENT), stage="voice", scene=1, revision=1):
        trace_headers()


def _record_request() -> None:
    with record_span("POST", parent=continue_trace(None)):
        trace_headers()


def measure(work: Callable[[], None], times: int) -> float:
    """Microseconds of CPU time for one call, threads included."""
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times * 1e6


def main() -> None:
    """Prints a row for each kind of span."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20_000)
    times = parser.parse_args().times
    kinds = {"part of a job": _record_part, "job of a message": _record_job, "request without a trace": _record_request}
    tracers = ServiceTracers(BatchSpanProcessor(_Dropping(), max_queue_size=times + 1))
    print(f"{'':<26}{'off':>8}{'on':>8}  us")
    for name, work in kinds.items():
        off = measure(work, times)
        with use_tracers(tracers.make), act_as("bench"), record_span("job", parent=continue_trace(SENT)):
            on = measure(work, times)
        print(f"{name:<26}{off:>8.1f}{on:>8.1f}")
    tracers.flush()


if __name__ == "__main__":
    main()
