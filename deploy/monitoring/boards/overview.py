"""Overview: is it healthy, is it fast, where is the bottleneck, what does it cost?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import FIRING, AnyPanel, add_rows, begin_dashboard
from boards.panels import Column, Limits, show_lines, show_ranking, show_stack, show_table, show_tile
from boards.promql import (
    FAILED_CALLS,
    SHORT,
    Line,
    grown,
    lag,
    oldest,
    per_hour,
    per_second,
    quantile,
    quantiles,
    select,
    share_within,
    watched,
)

FINISHED, SPENT, CALLS = "lectern_videos_finished_total", "lectern_spent_dollars_total", "lectern_http_requests_total"
WELL, ENDED = 'outcome=~"completed|degraded"', 'outcome=~"completed|degraded|failed"'
OBJECTIVE = Limits(amber=0.97, red=0.95, low=True)
WAITING = Limits(amber=60, red=300)  # seconds that a message waits; five minutes are all that a short film has


def build_overview() -> Dashboard:
    """The dashboard to open first, and the one for a screen on the wall."""
    question = "Is it healthy, is it fast, where is the bottleneck, what does it cost?"
    return add_rows(
        begin_dashboard("overview", "Overview", question),
        {
            "At a glance": _tiles(),
            "Where is the bottleneck?": _bottleneck(),
            "Is it fast?": _speed(),
            "Is it healthy?": _health(),
            "What does it cost?": _cost(),
        },
    )


def _tiles() -> list[AnyPanel]:
    return [
        show_tile(
            "Videos that succeed",
            "Videos with a film, of those that ended and were not cancelled or their user's mistake. See Quality.",
            f"{grown(FINISHED, WELL)} / {grown(FINISHED, ENDED)}",
            unit="percentunit",
            limits=OBJECTIVE,
            now=True,
            decimals=1,
        ),
        show_tile(
            "Done in 5 minutes",
            "Films of up to three minutes that were finished within five of the request. The objective is 95 %.",
            share_within("lectern_video_completion_seconds", "300.0", *SHORT),
            unit="percentunit",
            limits=OBJECTIVE,
            now=True,
            decimals=1,
        ),
        show_tile(
            "First scene in 60 s",
            "Of new videos, those whose first scene could be watched within a minute. The objective is 95 %.",
            share_within("lectern_video_first_scene_seconds", "60.0"),
            unit="percentunit",
            limits=OBJECTIVE,
            now=True,
            decimals=1,
        ),
        show_tile(
            "Calls that succeed",
            "Answers of the API that are not our fault (no 5xx). The objective is 99.9 %. API shows the routes.",
            f"1 - ({grown(CALLS, FAILED_CALLS)} or vector(0)) / {grown(CALLS)}",
            unit="percentunit",
            limits=Limits(amber=0.9995, red=0.999, low=True),
            now=True,
            decimals=2,
        ),
        show_tile(
            "Bottleneck",
            "The stage whose oldest message has waited longest. Give it workers, or see in Pipeline what it waits for.",
            f"topk(1, {oldest()} > 5)",
            unit="s",
            limits=WAITING,
            legend="{{stage}}",
            now=True,
            nothing="nothing waits",
            decimals=0,
        ),
        show_tile(
            "Videos in the making",
            "Requested and not ended, those in review included.",
            f"sum({watched('lectern_videos_active', by='status')})",
            unit="short",
            decimals=0,
        ),
        show_tile(
            "Dead letters",
            "Messages that no worker could process, and that wait for an operator: `lectern dead list`.",
            f"sum({watched('lectern_dead_letters_stored', by='stage')})",
            unit="short",
            limits=Limits(amber=1, red=10),
            decimals=0,
        ),
        show_tile(
            "Spent",
            "On models and voices in this time. See Money.",
            f"{grown(SPENT)} or vector(0)",
            unit="currencyUSD",
            now=True,
            decimals=2,
        ),
    ]


def _bottleneck() -> list[AnyPanel]:
    success = 'outcome="success"'
    wait, work = "lectern_stage_queue_wait_seconds", "lectern_stage_duration_seconds"
    last = select("lectern_stage_last_success_timestamp_seconds")
    columns = [
        Column("Not done", lag(), decimals=0),
        Column("Oldest", oldest(), "s", WAITING, decimals=0),
        Column("At work", f"sum by (stage) ({select('lectern_stage_in_progress')})", decimals=0),
        Column("Slots", f"sum by (stage) ({select('lectern_stage_slots')})", decimals=0),
        Column("Waits, 95 %", quantile(0.95, wait, by="stage", window="$__range"), "s"),
        Column("Works, 95 %", quantile(0.95, work, success, by="stage", window="$__range"), "s"),
        Column("Done", grown("lectern_stage_processed_total", success, by="stage"), decimals=0),
        Column("Again", grown("lectern_stage_retries_total", by="stage"), limits=Limits(1, None), decimals=0),
        Column("Given up", grown("lectern_stage_failures_total", by="stage"), limits=Limits(None, 1), decimals=0),
        Column("Last success", f"time() - max by (stage) ({last})", "s", decimals=0),
    ]
    return [
        show_table(
            "Stages",
            "A stage with a high age and all slots at work needs workers. One with a high age and free slots waits "
            "for something else: an outage (Pipeline shows which), or its owner's turn.",
            {"stage": "Stage"},
            columns,
            span=15,
        ),
        show_lines(
            "Age of the oldest message",
            "How long work has waited and been worked on. A line that rises a second each second: the stage stands.",
            [Line(oldest(), "{{stage}}")],
            unit="s",
            limits=WAITING,
            span=9,
        ),
    ]


def _speed() -> list[AnyPanel]:
    return [
        show_lines(
            "Until the first scene can be watched",
            "From the request. The objective is 60 s for 95 %.",
            quantiles("lectern_video_first_scene_seconds"),
            unit="s",
            limits=Limits(None, 60),
        ),
        show_lines(
            "Until a short film is finished",
            "Films of up to three minutes, from the request. The objective is 300 s for 95 %.",
            quantiles("lectern_video_completion_seconds", *SHORT),
            unit="s",
            limits=Limits(None, 300),
        ),
        show_lines(
            "Until the API answers",
            "Until a response began, all routes together. API shows each.",
            quantiles("lectern_http_request_duration_seconds"),
            unit="s",
        ),
    ]


def _health() -> list[AnyPanel]:
    return [
        show_stack(
            "Videos ended",
            "By how they ended. `degraded`: finished, but a scene shows its fallback or is missing.",
            [Line(grown(FINISHED, by="outcome", window="$__rate_interval"), "{{outcome}}")],
            unit="short",
        ),
        show_stack(
            "Calls",
            "Answers of the API, by their status.",
            [Line(per_second(CALLS, by="status"), "{{status}}")],
            unit="reqps",
        ),
        show_table(
            "Alerts that fire",
            "Grafana's list of alerts links each to its runbook.",
            {"alertname": "Alert", "severity": "Severity"},
            [Column("Series", f"count by (alertname, severity) ({FIRING})", decimals=0)],
            span=8,
        ),
    ]


def _cost() -> list[AnyPanel]:
    cpu, film = grown("lectern_render_cpu_seconds_total"), grown("lectern_render_video_seconds_total")
    return [
        show_lines(
            "Dollars an hour",
            "At the pace of the moment.",
            [Line(per_hour(SPENT, by="kind"), "{{kind}}")],
            unit="currencyUSD",
        ),
        show_tile(
            "Dollars for a minute of film",
            "What models and voices cost in this time, by the minutes of film finished in it.",
            f"60 * ({grown(SPENT)} or vector(0)) / {grown('lectern_video_seconds_total')}",
            unit="currencyUSD",
            now=True,
            decimals=3,
            span=4,
        ).height(8),
        show_tile(
            "CPU seconds for a second of film",
            "What rendering computes. Renderers shows it by quality.",
            f"{cpu} / {film}",
            unit="short",
            now=True,
            decimals=2,
            span=4,
        ).height(8),
        show_ranking(
            "Film finished",
            "Length of what was finished in this time, by quality.",
            grown("lectern_video_seconds_total", by="quality"),
            legend="{{quality}}",
            unit="s",
        ),
    ]
