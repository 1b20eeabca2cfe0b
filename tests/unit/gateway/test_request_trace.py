"""A request is a span of its client's trace, or the first of a new one; its answer and its video name it."""

from __future__ import annotations

import re

import httpx
import pytest
from unit.tracing.recording import record

from lectern.worker import Connections

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


async def create(http: httpx.AsyncClient, **headers: str) -> httpx.Response:
    answer = await http.post("/v1/videos", json={"topic": "Tides"}, headers=headers)
    assert answer.status_code == 202
    return answer


async def test_an_answer_names_its_trace_though_nothing_is_recorded(http: httpx.AsyncClient) -> None:
    answer = await create(http)
    found = re.fullmatch("00-([0-9a-f]{32})-[0-9a-f]{16}-00", answer.headers["traceresponse"])
    assert found
    assert answer.json()["trace_id"] == found[1]
    assert (await create(http)).json()["trace_id"] != found[1]


async def test_a_clients_trace_is_continued(http: httpx.AsyncClient) -> None:
    answer = await create(http, traceparent=TRACEPARENT)
    assert answer.headers["traceresponse"].startswith(f"00-{TRACE}-")
    assert answer.json()["trace_id"] == TRACE
    shown = await http.get(f"/v1/videos/{answer.json()['id']}")
    assert shown.json()["trace_id"] == TRACE, "it is that of the video, not of this request"
    assert not shown.headers["traceresponse"].startswith(f"00-{TRACE}-")


@pytest.mark.parametrize("sent", ["", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", "x" * 5000, f"{TRACEPARENT}-more"])
async def test_what_is_no_context_begins_a_new_trace(http: httpx.AsyncClient, sent: str) -> None:
    answer = await create(http, traceparent=sent)
    assert re.fullmatch("[0-9a-f]{32}", answer.json()["trace_id"])
    assert TRACE not in answer.headers["traceresponse"]


async def test_what_else_a_client_sends_for_traces_goes_nowhere(
    http: httpx.AsyncClient, connections: Connections
) -> None:
    answer = await create(http, traceparent=TRACEPARENT, tracestate="vendor=words", baggage="user=words")
    log = await connections.event_log.read(answer.json()["id"])
    assert log[0].event.traceparent.startswith(f"00-{TRACE}-")
    assert "words" not in str(log[0].event)


async def test_a_later_revision_has_a_trace_of_its_own_linked_to_the_one_before(http: httpx.AsyncClient) -> None:
    with record("gateway") as recording:
        created = await create(http)
        video = created.json()["id"]
        await http.post(f"/v1/videos/{video}/cancel")
        retried = await http.post(f"/v1/videos/{video}/retry")
    assert retried.status_code == 202
    assert retried.json()["trace_id"] != created.json()["trace_id"]
    span = recording.find("POST /v1/videos/{video_id}/retry")
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [created.json()["trace_id"]]


async def test_a_span_names_the_route_and_never_the_path_or_the_query(http: httpx.AsyncClient) -> None:
    with record("gateway") as recording:
        await http.get("/v1/videos/0198c0de-0000-7000-8000-000000000001?secret=words")
        await http.get("/nowhere/secret")
        await http.get("/healthz")
    found = {span.name: dict(span.attributes or {}) for span in recording.spans if span.name.startswith("GET")}
    assert found == {
        "GET /v1/videos/{video_id}": {
            "http.request.method": "GET",
            "http.route": "/v1/videos/{video_id}",
            "http.response.status_code": 404,
        },
        "GET unmatched": {
            "http.request.method": "GET",
            "http.route": "unmatched",
            "http.response.status_code": 404,
        },
    }
    assert "secret" not in "".join(span.to_json() for span in recording.spans)
