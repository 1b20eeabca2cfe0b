"""One trace for each video: from the client's request through six services to the film, as a collector receives it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
import structlog
from api_client import ApiClient
from standins.collector import ReceivedSpan, run_collector

from lectern.cli.runner.stack import run_stack
from lectern.tracing import export_traces
from lectern.worker import configure_logs

pytestmark = pytest.mark.slow

CLIENT_TRACE, CLIENT_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{CLIENT_TRACE}-{CLIENT_SPAN}-01"
SECRET_WORDS = "Quicksilver lanterns"
LESSON = f"""
# {SECRET_WORDS}

## Turning

The {SECRET_WORDS.lower()} turn slowly.

```manim
class Turning(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle()))
```

## Resting

Now they rest.

- Rest
"""


EXEMPLARS = {"lectern_stage_duration_seconds", "lectern_video_completion_seconds"}


async def test_a_video_is_one_trace_over_all_six_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log_file = tmp_path / "log"
    with run_collector() as collector, log_file.open("w") as to:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        configure_logs("json", "DEBUG", to=to)
        try:
            with export_traces("runner"):
                async with run_stack(tmp_path / "home") as stack:
                    client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
                    client.http.headers["traceparent"] = TRACEPARENT
                    began = time.time()
                    created = await client.http.post(
                        "/v1/videos",
                        json={"document": {"markdown": LESSON}, "options": {"quality": "draft"}},
                    )
                    assert created.status_code == 202
                    del client.http.headers["traceparent"]
                    video = created.json()["id"]
                    shown = await client.wait_for_outcome(video)
                    ended = time.time()
                    with_trace = await wait_for_exemplars(client)
                    await client.http.aclose()
        finally:
            structlog.reset_defaults()

    assert shown["status"] == "completed", shown
    assert shown["trace_id"] == CLIENT_TRACE
    assert with_trace >= EXEMPLARS
    spans = [span for span in collector.spans if span.trace_id == CLIENT_TRACE]
    by_id = {span.span_id: span for span in spans}

    roots = [span for span in spans if span.parent_id not in by_id]
    [root] = roots
    assert (root.name, root.service, root.parent_id) == ("POST /v1/videos", "lectern-gateway", CLIENT_SPAN)
    assert created.headers["traceresponse"] == f"00-{CLIENT_TRACE}-{root.span_id}-01"
    services = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
    assert {span.service for span in spans} == {f"lectern-{name}" for name in services}

    beginnings = {span.name.partition(" ")[0] for span in collector.spans if not span.parent_id}
    assert beginnings <= {"GET", "POST"}, "only requests begin traces, not what services do by themselves"

    check_chain(spans, by_id)
    check_requests(spans, by_id)
    names = {span.name for span in spans}
    assert names >= {
        "store get",
        "store put",
        "run ffmpeg",
        "speak",
        "run scene code",
        "verify footage",
        "wait for voice",
    }
    assert {span.attributes.get("lectern.scene") for span in spans if span.name == "voice scene.planned"} == {1, 2}

    # What happened while the user waited is explained by spans, waiting included.
    seconds = shown["timings"]["completed_seconds"]
    explained = cover(spans, began, ended)
    assert explained >= 0.9 * seconds, (explained, seconds)

    for body in collector.raw:
        for word in (*SECRET_WORDS.split(), ".flac", "/script", "slowly", stack.nats_login.token, "Signature"):
            assert word.encode() not in body, f"spans tell {word}"
    check_log_lines(log_file, video)


async def wait_for_exemplars(client: ApiClient) -> set[str]:
    """The metrics that name the client's trace, once those of a whole video do: who counts reads the log as others do."""
    asked = {"accept": "application/openmetrics-text; version=1.0.0"}
    until = time.monotonic() + 60
    while True:
        lines = (await client.http.get("/metrics", headers=asked)).text.splitlines()
        found = {line.partition("_bucket")[0] for line in lines if f'trace_id="{CLIENT_TRACE}"' in line}
        if found >= EXEMPLARS or time.monotonic() > until:
            return found
        await asyncio.sleep(0.2)


def check_chain(spans: Iterable[ReceivedSpan], by_id: dict[str, ReceivedSpan]) -> None:
    """Each stage's job is a part of the publication that it answers, which is a part of the job before it."""
    answered = {
        "scripter video.requested": "POST /v1/videos",
        "voice scene.planned": "scripter video.requested",
        "coder scene.narrated": "voice scene.planned",
        "renderer scene.coded": "coder scene.narrated",
        "composer scene.rendered": "renderer scene.coded",
    }
    jobs: dict[str, list[ReceivedSpan]] = defaultdict(list)
    for span in spans:
        jobs[span.name].append(span)
    for name, before in answered.items():
        assert len(jobs[name]) == (1 if name.endswith("requested") else 2), name
        for job in jobs[name]:
            publication = by_id[job.parent_id]
            assert publication.name == f"publish {name.partition(' ')[2]}"
            assert by_id[publication.parent_id].name == before
            assert job.attributes["lectern.outcome"] == "success"
            assert (job.attributes["lectern.attempt"], job.attributes["lectern.revision"]) == (1, 1)
            assert job.service == f"lectern-{name.partition(' ')[0]}"
            if "scene" in name:
                assert job.attributes["lectern.scene"] == publication.attributes["lectern.scene"]


def check_requests(spans: Iterable[ReceivedSpan], by_id: dict[str, ReceivedSpan]) -> None:
    """A preflight that the coder asks for is the renderer's, in the coder's job; and its asker knows who answered."""
    asked = [span for span in spans if span.name == "ask preflight" and not span.failed]  # one may be asked too early
    assert asked
    for ask in asked:
        [answering] = ask.links
        answer = by_id[answering]
        assert (answer.name, answer.parent_id) == ("answer preflight", ask.span_id)
        assert (ask.service, answer.service) == ("lectern-coder", "lectern-renderer")
        assert by_id[ask.parent_id].name == "coder scene.narrated"
        assert any(span.parent_id == answer.span_id and span.name == "run scene code" for span in spans)


def cover(spans: Iterable[ReceivedSpan], began: float, ended: float) -> float:
    """Seconds between two times in which at least one span went on."""
    covered, reached = 0.0, began
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(span.start, reached), min(span.end, ended)
        if end > start:
            covered += end - start
            reached = end
    return covered


def check_log_lines(log_file: Path, video: str) -> None:
    """Every line that a job writes names its stage, video, scene and trace, and so do those of its libraries."""
    entries = [json.loads(line) for line in log_file.read_text().splitlines()]
    handled = [entry for entry in entries if entry.get("action") == "handled"]
    assert {entry["stage"] for entry in handled} == {"scripter", "voice", "coder", "renderer", "composer"}
    assert all(entry["service"] == entry["stage"] for entry in handled)
    assert all((entry["video"], entry["trace_id"]) == (video, CLIENT_TRACE) for entry in handled)
    assert {entry["scene"] for entry in handled if entry["stage"] == "voice"} == {1, 2}
    requested = [entry for entry in entries if entry["event"] == "request" and entry["method"] == "POST"]
    assert [entry["trace_id"] for entry in requested] == [CLIENT_TRACE]
