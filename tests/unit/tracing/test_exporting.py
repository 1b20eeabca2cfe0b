"""Spans are exported by OTLP where the standard variables say so; whatever becomes of them, work goes on."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import structlog
from standins.collector import Collector, run_collector

from lectern.tracing import continue_trace, export_traces, exporting, find_trace_id, record_span
from lectern.worker import configure_logs

WORK = "import lectern.tracing as t\nwith t.export_traces('voice'):\n    with t.record_span('work', parent=t.continue_trace(None), scene=2): pass\n"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    to = io.StringIO()
    configure_logs("json", "INFO", to=to)
    yield to
    structlog.reset_defaults()


def read(logs: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in logs.getvalue().splitlines()]


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WORK], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )


@pytest.mark.slow
def test_a_process_sends_its_spans_before_it_ends() -> None:
    with run_collector() as collector:
        run(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    [span] = collector.spans
    assert (span.service, span.name, span.attributes) == ("lectern-voice", "work", {"lectern.scene": 2})


@pytest.mark.slow
@pytest.mark.parametrize(
    "off",
    [
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"OTEL_BSP_MAX_QUEUE_SIZE": "1", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "9"},
    ],
    ids=lambda off: ",".join(off),
)
def test_the_standard_variables_turn_it_off_and_a_wrong_one_stops_nothing(off: dict[str, str]) -> None:
    with run_collector() as collector:
        run(**{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, **off})
    assert collector.requests == 0


def test_an_unknown_protocol_is_named_with_its_remedy(logs: io.StringIO) -> None:
    with (
        export_traces("voice", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}),
        record_span("work"),
    ):
        assert find_trace_id() == ""
    [entry] = read(logs)
    assert entry["action"] == "export-off"
    assert "http/protobuf" in str(entry["remedy"])


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Collector(status=503), Collector(status=401), Collector(hanging=True)])
def test_a_collector_that_fails_disturbs_nothing_and_is_logged_without_its_address(
    fault: Collector, monkeypatch: pytest.MonkeyPatch, logs: io.StringIO
) -> None:
    with run_collector(fault) as collector:
        address = collector.url.replace("http://", "http://user:secret-1@")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret-2")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        monkeypatch.setattr(exporting, "FLUSH_SECONDS", 1.0)
        began = time.monotonic()
        with export_traces("voice"):
            for _ in range(5000):  # more than the queue holds
                with record_span("work", parent=continue_trace(None)):
                    pass
        took = time.monotonic() - began
    assert collector.requests
    assert took < 30, "work never waits for a collector, and the end only so long"
    found = read(logs)
    assert {entry["action"] for entry in found} == {"export-failed"}
    assert len({entry["reason"] for entry in found}) == len(found), "each kind once, not once a batch"
    assert "secret" not in logs.getvalue()
    assert "127.0.0.1" not in logs.getvalue()
