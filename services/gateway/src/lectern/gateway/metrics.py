"""The gateway's metrics. Labels are bounded: route templates and outcomes, never ids."""

from __future__ import annotations

from lectern.worker import SHORT_SECONDS, Meter, MetricLabel

UNMATCHED = "unmatched"  # the route of a path that is none

_METHOD = MetricLabel("method", ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_ROUTE = MetricLabel("route", shown=f"a route's template, or {UNMATCHED}", most=200)
_STATUS = MetricLabel("status", shown="the status as a number", most=60)
_STATUS_CLASS = MetricLabel("status_class", ("2xx", "3xx", "4xx", "5xx"))
_START = MetricLabel("start", ("snapshot", "resumed"))
_END = MetricLabel("reason", ("finished", "gone", "stuck", "slow", "old", "draining", "shutdown"))
_DELIVERY = MetricLabel("outcome", ("delivered", "retried", "failed"))


class GatewayMetrics:
    """What each gateway counts for itself: requests, event streams, views and webhooks."""

    def __init__(self, meter: Meter) -> None:
        self._requests = meter.counter("lectern_http_requests_total", "HTTP requests", _METHOD, _ROUTE, _STATUS)
        self._request_seconds = meter.histogram(
            "lectern_http_request_duration_seconds",
            "Time until the response to an HTTP request began",
            _ROUTE,
            _STATUS_CLASS,
            buckets=SHORT_SECONDS,
            traced=True,
        )
        self.streams = meter.gauge("lectern_event_streams", "Event streams open now")
        self.streams_opened = meter.counter(
            "lectern_event_streams_opened_total", "Event streams opened, by what they began with", _START
        )
        self.streams_ended = meter.counter("lectern_event_streams_ended_total", "Event streams ended, by reason", _END)
        self.stream_lag = meter.histogram(
            "lectern_event_stream_lag_seconds",
            "Time from an event until it was handed to a client that follows its video live",
            buckets=SHORT_SECONDS,
        )
        self.projected = meter.counter("lectern_views_projected_total", "Views written for lists")
        self.webhook_attempts = meter.counter(
            "lectern_webhook_attempts_total", "Attempts to deliver a webhook, by what came of them", _DELIVERY
        )
        self.webhook_seconds = meter.histogram(
            "lectern_webhook_attempt_seconds",
            "Time until a webhook's receiver answered or failed",
            buckets=SHORT_SECONDS,
        )
        for counter in (self.streams_opened, self.streams_ended, self.webhook_attempts):
            counter.start_at_zero()

    def count_request(self, method: str, route: str, status: int) -> None:
        """Counts an HTTP request once its response has ended."""
        self._requests.inc(method, route, str(status))

    def observe_response(self, route: str, status: int, seconds: float) -> None:
        """Counts the time until a response began."""
        self._request_seconds.observe(seconds, route, f"{status // 100}xx")
