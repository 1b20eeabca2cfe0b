"""Metrics are defined with bounded labels, and shown as Prometheus wants them."""

from __future__ import annotations

from opentelemetry import trace
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from lectern.worker import Meter, MetricLabel, expose

REASON = MetricLabel("reason", ("cpu", "memory"))
ROUTE = MetricLabel("route", shown="a route", most=2)
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def read(meter: Meter, name: str, **labels: str) -> float | None:
    return meter.registry.get_sample_value(name, labels)


def test_a_value_that_a_label_may_not_have_counts_as_other() -> None:
    meter = Meter()
    kills = meter.counter("lectern_kills_total", "Kills", REASON)
    for reason in ("cpu", "'; drop table", "x" * 10_000, "memory", "cpu"):
        kills.inc(reason)
    assert read(meter, "lectern_kills_total", reason="cpu") == 2
    assert read(meter, "lectern_kills_total", reason="other") == 2
    assert len(next(iter(meter.registry.collect())).samples) == 2 * 3, "with the times at which series began"


def test_a_label_without_a_list_has_as_many_values_as_it_may() -> None:
    meter = Meter()
    seconds = meter.histogram("lectern_seconds", "Time", ROUTE, buckets=(1.0,))
    for route in ("/a", "/b", "/c", "/d", "/a"):
        seconds.observe(0.5, route)
    assert read(meter, "lectern_seconds_count", route="/a") == 2
    assert read(meter, "lectern_seconds_count", route="other") == 2
    assert read(meter, "lectern_seconds_count", route="/c") is None


def test_a_counter_may_be_shown_before_it_counts() -> None:
    meter = Meter()
    jobs = meter.counter("lectern_jobs_total", "Jobs", MetricLabel("stage", ("a", "b")), REASON)
    jobs.start_at_zero("a")
    assert read(meter, "lectern_jobs_total", stage="a", reason="memory") == 0
    assert read(meter, "lectern_jobs_total", stage="b", reason="memory") is None


def test_a_histogram_may_be_shown_before_it_has_observed() -> None:
    meter = Meter()
    seconds = meter.histogram("lectern_seconds", "Time", MetricLabel("stage", ("a", "b")), REASON, buckets=(1.0,))
    seconds.start_at_zero("a", "memory")
    assert read(meter, "lectern_seconds_count", stage="a", reason="memory") == 0
    assert read(meter, "lectern_seconds_bucket", stage="a", reason="memory", le="1.0") == 0
    assert read(meter, "lectern_seconds_count", stage="b", reason="memory") is None


def test_what_cannot_be_asked_is_not_shown() -> None:
    meter = Meter()
    pending, used = meter.gauge("lectern_pending", "Pending", REASON), meter.gauge("lectern_used", "Used")
    pending.set(3, "cpu")
    used.set(3)
    pending.forget()
    used.forget()
    assert read(meter, "lectern_pending", reason="cpu") is None
    assert str(read(meter, "lectern_used")) == "nan"


def test_a_page_is_plain_text_without_the_times_at_which_series_began() -> None:
    meter = Meter()
    meter.counter("lectern_jobs_total", "Jobs").inc()
    page, media_type = expose(meter.registry)
    assert media_type.startswith("text/plain")
    [family] = parse_text(page.decode())
    assert [(sample.name, sample.value) for sample in family.samples] == [("lectern_jobs_total", 1.0)]


def test_who_asks_for_openmetrics_gets_exemplars_of_traces_that_are_sent_somewhere() -> None:
    meter = Meter()
    seconds = meter.histogram("lectern_seconds", "Time", buckets=(1.0, 2.0), traced=True)
    for place, flags in enumerate((trace.TraceFlags.DEFAULT, trace.TraceFlags.SAMPLED)):
        context = trace.SpanContext(0xABC, 1, is_remote=False, trace_flags=trace.TraceFlags(flags))
        with trace.use_span(trace.NonRecordingSpan(context)):
            seconds.observe(0.5 + place)
    page, media_type = expose(meter.registry, OPENMETRICS)
    assert media_type.startswith("application/openmetrics-text")
    [family] = parse_openmetrics(page.decode())
    exemplars = {sample.labels.get("le"): sample.exemplar for sample in family.samples if sample.exemplar}
    assert {le: exemplar.labels for le, exemplar in exemplars.items()} == {"2.0": {"trace_id": f"{0xABC:032x}"}}


def test_a_histogram_of_negative_values_is_readable_openmetrics() -> None:
    meter = Meter()
    meter.histogram("lectern_loudness_lufs", "Loudness", buckets=(-16.0, -12.0)).observe(-14.0)
    [family] = parse_openmetrics(expose(meter.registry, OPENMETRICS)[0].decode())
    assert {sample.labels["le"]: sample.value for sample in family.samples} == {"-16.0": 0, "-12.0": 1, "+Inf": 1}
