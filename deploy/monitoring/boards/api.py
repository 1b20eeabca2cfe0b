"""API: do calls succeed in time, do clients hear of events, do webhooks arrive?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import AnyPanel, add_rows, begin_dashboard
from boards.panels import Column, Limits, show_lines, show_stack, show_table, show_tile
from boards.promql import FAILED_CALLS, Line, grown, per_minute, per_second, quantile, quantiles, select, watched

CALLS, SECONDS = "lectern_http_requests_total", "lectern_http_request_duration_seconds"
STREAMS, LAG = "lectern_event_streams", "lectern_event_stream_lag_seconds"


def build_api() -> Dashboard:
    """Requests, event streams and webhooks of all gateways."""
    board = begin_dashboard("api", "API", "Do calls succeed in time, do clients hear of events, do webhooks arrive?")
    rows = {"At a glance": _tiles(), "Calls": _calls(), "Event streams": _streams(), "Webhooks": _webhooks()}
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    return [
        show_tile("Calls a second", "Of all gateways.", per_second(CALLS), unit="reqps", decimals=1, span=4),
        show_tile(
            "Calls that succeed",
            "No 5xx. The objective is 99.9 %.",
            f"1 - ({grown(CALLS, FAILED_CALLS)} or vector(0)) / {grown(CALLS)}",
            unit="percentunit",
            limits=Limits(0.9995, 0.999, low=True),
            now=True,
            decimals=2,
            span=4,
        ),
        show_tile(
            "Answers begin within, 95 %",
            "Of all routes. Forms that have files made (`content`, `stills`) take longer.",
            quantile(0.95, SECONDS, window="$__range"),
            unit="s",
            limits=Limits(1, 2.5),
            now=True,
            span=4,
        ),
        show_tile(
            "Event streams open", "Of all gateways.", f"sum({select(STREAMS)})", unit="short", decimals=0, span=4
        ),
        show_tile(
            "Events reach clients in, 99 %",
            "From publication to the client's socket.",
            quantile(0.99, LAG, window="$__range"),
            unit="s",
            limits=Limits(1, 5),
            now=True,
            span=4,
        ),
        show_tile(
            "Webhooks overdue",
            "How long the oldest due delivery is overdue.",
            watched("lectern_webhook_oldest_due_age_seconds"),
            unit="s",
            limits=Limits(60, 600),
            decimals=0,
            span=4,
        ),
    ]


def _calls() -> list[AnyPanel]:
    columns = [
        Column("Calls", grown(CALLS, by="method, route"), decimals=0),
        Column("Refused", grown(CALLS, 'status=~"4.."', by="method, route"), decimals=0),
        Column("Failed", grown(CALLS, FAILED_CALLS, by="method, route"), limits=Limits(None, 1), decimals=0),
    ]
    return [
        show_stack(
            "By status", "Answers a second.", [Line(per_second(CALLS, by="status"), "{{status}}")], unit="reqps", span=6
        ),
        show_lines("Until an answer begins", "All routes together.", quantiles(SECONDS), unit="s", span=6),
        show_table(
            "By route",
            "In this time. `unmatched` are paths that do not exist. Refused: the caller's mistake.",
            {"method": "Method", "route": "Route"},
            columns,
            span=12,
            largest="Calls",
        ),
        show_lines(
            "Slowest routes, 95 %",
            "The eight slowest of this moment.",
            [Line(f"topk(8, {quantile(0.95, SECONDS, by='route')})", "{{route}}")],
            unit="s",
            span=24,
        ),
    ]


def _streams() -> list[AnyPanel]:
    return [
        show_lines(
            "Open",
            "By gateway; what gateways are scaled by.",
            [Line(select(STREAMS), "{{instance}}")],
            unit="short",
            span=6,
        ),
        show_stack(
            "Opened a minute",
            "`snapshot`: from the beginning. `resumed`: where the client had been cut off.",
            [Line(per_minute("lectern_event_streams_opened_total", by="start"), "{{start}}")],
            unit="short",
            span=6,
        ),
        show_stack(
            "Ended a minute",
            "`slow`, `stuck`: the client did not read. `draining`: the gateway stops; clients come back by themselves.",
            [Line(per_minute("lectern_event_streams_ended_total", by="reason"), "{{reason}}")],
            unit="short",
            span=6,
        ),
        show_lines("Events reach clients in", "From publication to the socket.", quantiles(LAG), unit="s", span=6),
    ]


def _webhooks() -> list[AnyPanel]:
    return [
        show_stack(
            "Attempts a minute",
            "`retried`: the receiver did not take it, and gets it again. `failed`: the last attempt.",
            [Line(per_minute("lectern_webhook_attempts_total", by="outcome"), "{{outcome}}")],
            unit="short",
        ),
        show_lines(
            "Deliveries that wait",
            "Due, or due later.",
            [Line(watched("lectern_webhook_deliveries_waiting"), "waiting")],
            unit="short",
        ),
        show_lines(
            "A receiver takes", "Until it has answered.", quantiles("lectern_webhook_attempt_seconds"), unit="s"
        ),
    ]
