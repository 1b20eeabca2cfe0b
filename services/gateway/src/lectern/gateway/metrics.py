"""The gateway's metrics. Labels are bounded: route templates and outcomes, never ids."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class GatewayMetrics:
    """The gateway's own time series, beside those of every service."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "lectern_http_requests", "HTTP requests", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "lectern_http_request_seconds",
            "Time until the response began",
            ("route",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=registry,
        )
        self.streams = Gauge("lectern_event_streams", "Event streams open now", registry=registry)
        self.streams_ended = Counter(
            "lectern_event_streams_ended", "Event streams ended, by reason", ("reason",), registry=registry
        )
        self.projected = Counter("lectern_views_projected", "Views written for lists", registry=registry)
