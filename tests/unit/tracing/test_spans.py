"""Spans say what took how long and in which service, and nothing of what was worked on. Unexported they cost nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.trace import INVALID_SPAN, StatusCode
from unit.tracing.recording import record

from lectern.tracing import (
    act_as,
    acting_service,
    continue_trace,
    current_traceparent,
    find_trace_id,
    leave_trace,
    read_answer,
    read_trace_id,
    record_past,
    record_span,
    response_headers,
    trace_headers,
)

NEW = continue_trace(None)
CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_message_carries_the_trace_to_its_receiver() -> None:
    with record() as sender, record_span("publish", parent=NEW):
        headers = trace_headers()
    with record() as receiver, record_span("job", parent=continue_trace(headers)):
        pass
    sent, received = sender.find("publish"), receiver.find("job")
    assert received.context.trace_id == sent.context.trace_id
    assert received.parent is not None
    assert received.parent.span_id == sent.context.span_id


def test_an_answer_names_the_span_that_made_it() -> None:
    with record() as recording, record_span("answer", parent=NEW):
        headers = response_headers()
    answering = read_answer(headers)
    assert answering is not None
    assert answering.span_id == recording.find("answer").context.span_id


def test_services_of_one_process_are_resources_of_their_own() -> None:
    async def work(service: str) -> None:
        with act_as(service):
            await asyncio.sleep(0)
            with record_span("work", parent=NEW):
                await asyncio.create_task(part())

    async def part() -> None:
        with record_span(f"part of {acting_service()}"):
            await asyncio.sleep(0)

    async def run() -> None:
        await asyncio.gather(work("voice"), work("coder"))

    with record() as recording:
        asyncio.run(run())
    for service in ("voice", "coder"):
        found = recording.find(f"part of {service}")
        assert found.resource.attributes["service.name"] == f"lectern-{service}"
        assert found.resource.attributes["service.namespace"] == "lectern"


def test_a_failure_is_noted_by_its_type_and_never_by_its_text() -> None:
    with record() as recording:
        with pytest.raises(ValueError, match="secret"), record_span("work", parent=NEW):
            raise ValueError("secret words")
        with pytest.raises(asyncio.CancelledError), record_span("stopped", parent=NEW):
            raise asyncio.CancelledError
    work = recording.find("work")
    assert (work.status.status_code, work.status.description) == (StatusCode.ERROR, "ValueError")
    assert work.attributes == {"error.type": "ValueError"}
    assert "secret" not in work.to_json()
    assert recording.find("stopped").status.status_code is StatusCode.UNSET


def test_attributes_have_one_prefix_and_absent_ones_are_left_out() -> None:
    with record() as recording, record_span("work", parent=NEW, scene=2, model=None):
        pass
    assert recording.find("work").attributes == {"lectern.scene": 2}


def test_a_wait_is_recorded_when_it_is_over() -> None:
    until = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    with record() as recording:
        record_past("wait", until - timedelta(seconds=7), until, continue_trace({"traceparent": CLIENT}), scene=1)
        record_past("clocks differ", until, until - timedelta(seconds=1), continue_trace({"traceparent": CLIENT}))
        record_past("of no trace", until - timedelta(seconds=7), until, NEW)
    [wait] = recording.spans
    assert wait.start_time is not None
    assert wait.end_time is not None
    assert wait.end_time - wait.start_time == 7_000_000_000
    assert f"{wait.context.trace_id:032x}" == read_trace_id(CLIENT)


def test_what_nobody_asked_for_begins_no_trace() -> None:
    with record() as recording, record_span("read log"):
        assert trace_headers() == {}
    assert recording.spans == ()


def test_what_outlives_the_work_that_began_it_belongs_to_no_trace() -> None:
    with record() as recording, record_span("job", parent=NEW):
        with leave_trace(), record_span("warm up"):
            assert find_trace_id() == ""
        assert find_trace_id()
    assert [span.name for span in recording.spans] == ["job"]


def test_a_trace_has_an_id_where_nothing_is_recorded() -> None:
    """Log lines are found by it."""
    assert find_trace_id() == ""
    with record_span("request", parent=continue_trace(None)) as span:
        assert span is INVALID_SPAN
        first = current_traceparent()
        with record_span("part"):
            assert current_traceparent() == first
    assert first.endswith("-00"), "nobody records this trace, and nobody is asked to"
    with record_span("request", parent=continue_trace(None)):
        assert current_traceparent() != first
    assert trace_headers() == {}


def test_a_clients_trace_goes_on_where_nothing_is_recorded() -> None:
    with record_span("request", parent=continue_trace({"traceparent": CLIENT})):
        assert current_traceparent() == CLIENT


@pytest.mark.parametrize(
    "sent", ["", "x", CLIENT[:-1], "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "ff" + CLIENT[2:], CLIENT + "\r\nX: y"]
)
def test_a_context_that_is_not_valid_is_none(sent: str) -> None:
    with record() as recording, record_span("request", parent=continue_trace({"traceparent": sent})):
        pass
    assert recording.find("request").parent is None
    assert read_trace_id(sent) == ""


def test_nothing_but_the_ids_of_a_clients_context_travels_on() -> None:
    sent = {"traceparent": CLIENT, "tracestate": "vendor=words", "baggage": "user=words"}
    with record(), record_span("request", parent=continue_trace(sent)):
        assert trace_headers().keys() == {"traceparent"}


def test_the_sdk_is_imported_only_where_spans_are_exported() -> None:
    code = (
        "import sys, lectern.tracing\n"
        "with lectern.tracing.export_traces('voice', {}): pass\n"
        "assert not [name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
