"""Stands in for a trace collector: receives OTLP over HTTP as protobuf, in a thread of its own."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue


@dataclass(frozen=True, kw_only=True)
class ReceivedSpan:
    """A span as the collector got it. Ids in hexadecimal, "" for none; times in seconds since the epoch."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start: float
    end: float
    failed: bool
    attributes: Mapping[str, Any]
    links: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


@dataclass
class Collector:
    """What has arrived. `status` is what exports are answered with; while `hanging` is set they are not answered."""

    url: str = ""
    status: int = 200
    spans: list[ReceivedSpan] = field(default_factory=list)
    requests: int = 0
    raw: list[bytes] = field(default_factory=list)
    hanging: bool = False
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def run_collector(collector: Collector | None = None) -> Iterator[Collector]:
    """Runs a collector while the context lasts; `url` is what OTEL_EXPORTER_OTLP_ENDPOINT is to be."""
    collector = collector or Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.requests += 1
            if collector.hanging:
                collector.closing.wait(60)
                return
            if collector.status == 200 and self.path == "/v1/traces":
                collector.raw.append(body)
                collector.spans += _read(ExportTraceServiceRequest.FromString(body))
            self.send_response(collector.status)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield collector
    finally:
        collector.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _read(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    for of_resource in request.resource_spans:
        service = _to_values(of_resource.resource.attributes)["service.name"]
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield ReceivedSpan(
                    service=str(service),
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    start=span.start_time_unix_nano / 1e9,
                    end=span.end_time_unix_nano / 1e9,
                    failed=span.status.code == span.status.STATUS_CODE_ERROR,
                    attributes=_to_values(span.attributes),
                    links=tuple(link.span_id.hex() for link in span.links),
                )


def _to_values(attributes: Any) -> dict[str, Any]:
    def read(value: AnyValue) -> Any:
        return getattr(value, value.WhichOneof("value") or "string_value")

    found: list[KeyValue] = list(attributes)
    return {each.key: read(each.value) for each in found}
