"""Pipeline: does work flow through every stage, and what holds it up?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import AnyPanel, add_rows, begin_dashboard, list_values
from boards.panels import (
    Column,
    Limits,
    show_lines,
    show_ranking,
    show_share,
    show_spread,
    show_stack,
    show_table,
    show_tile,
)
from boards.promql import LAG, Line, grown, lag, oldest, per_minute, quantile, select, watched

STAGE = 'stage=~"$stage"'
CONSUMER = 'consumer=~"($stage)-(fast|bulk)|gateway-.*|advisory-sweeper"'
WAIT, WORK = "lectern_stage_queue_wait_seconds", "lectern_stage_duration_seconds"
PROCESSED = "lectern_stage_processed_total"


def build_pipeline() -> Dashboard:
    """Stages, their queues, the event log and the store behind them."""
    board = begin_dashboard("pipeline", "Pipeline", "Does work flow through every stage, and what holds it up?")
    board = board.with_variable(list_values("stage", "Stage", "lectern_stage_slots"))
    rows = {
        "At a glance": _tiles(),
        "Stages": _stages(),
        "Queues": _queues(),
        "Trouble": _trouble(),
        "The event log and the store": _log_and_store(),
        "Processes": _processes(),
    }
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    done, tried = (
        grown(PROCESSED, STAGE, 'outcome="success"'),
        grown(PROCESSED, STAGE, 'outcome=~"success|retry|failed"'),
    )
    return [
        show_tile(
            "Not done",
            "Messages that wait, are worked on, or were put aside until their owner's turn.",
            f"sum({lag('$stage')})",
            unit="short",
            decimals=0,
        ),
        show_tile(
            "Oldest message",
            "Since its publication, over all chosen stages.",
            f"max({oldest('$stage')})",
            unit="s",
            limits=Limits(60, 300),
            decimals=0,
        ),
        show_tile(
            "Slots at work",
            "Of all slots of all workers. All of them for long, with messages that grow old: more workers are needed.",
            f"sum({select('lectern_stage_in_progress', STAGE)}) / sum({select('lectern_stage_slots', STAGE)})",
            unit="percentunit",
            limits=Limits(0.8, 0.95),
            decimals=0,
        ),
        show_tile(
            "Jobs a minute",
            "Done with success.",
            per_minute(PROCESSED, STAGE, 'outcome="success"'),
            unit="short",
            decimals=1,
        ),
        show_tile(
            "Jobs that succeed",
            "Of those that were tried; what was cancelled, stale or handed back does not count.",
            f"{done} / {tried}",
            unit="percentunit",
            limits=Limits(0.98, 0.9, low=True),
            now=True,
            decimals=1,
        ),
        show_tile(
            "Dead letters",
            "That wait for an operator: `lectern dead list`, `show`, `retry`.",
            f"sum({watched('lectern_dead_letters_stored', by='stage')})",
            unit="short",
            limits=Limits(1, 10),
            decimals=0,
        ),
        show_tile(
            "Longest without progress",
            "Of the videos in the making, the one in which nothing has happened for the longest time.",
            watched("lectern_video_oldest_change_age_seconds"),
            unit="s",
            limits=Limits(300, 900),
            nothing="none in the making",
            decimals=0,
        ),
        show_tile(
            "The log answers",
            "Since a gateway could last ask the event log. Above a minute: nats-server is away, or without quorum.",
            f"time() - {watched('lectern_log_watch_timestamp_seconds')}",
            unit="s",
            limits=Limits(30, 60),
            decimals=0,
        ),
    ]


def _stages() -> list[AnyPanel]:
    return [
        show_stack(
            "Jobs a minute, by stage",
            "Done with success.",
            [Line(per_minute(PROCESSED, STAGE, 'outcome="success"', by="stage"), "{{stage}}")],
            unit="short",
        ),
        show_lines(
            "Work waits, 95 %",
            "From an event's publication to the beginning of work on it: which stage needs more workers.",
            [Line(quantile(0.95, WAIT, STAGE, by="stage"), "{{stage}}", exemplars=True)],
            unit="s",
        ),
        show_lines(
            "Work takes, 95 %",
            "Time in the handler, where it succeeded: which stage is slow.",
            [Line(quantile(0.95, WORK, STAGE, 'outcome="success"', by="stage"), "{{stage}}", exemplars=True)],
            unit="s",
        ),
        show_spread(
            "How long work takes",
            "Jobs of the chosen stages by their length.",
            f"sum by (le) (increase({select(WORK + '_bucket', STAGE)}[$__rate_interval]))",
            unit="s",
        ),
        show_stack(
            "Deliveries by result",
            "`waiting`: for an outage; no attempt is used up. `handed-back`: its worker stops. `stale`: redone since.",
            [Line(grown(PROCESSED, STAGE, by="outcome", window="$__rate_interval"), "{{outcome}}")],
            unit="short",
            span=12,
        ),
    ]


def _queues() -> list[AnyPanel]:
    pending, unacked = (watched(name, CONSUMER, by="consumer") for name in LAG)
    return [
        show_lines("Not delivered yet", "By consumer.", [Line(pending, "{{consumer}}")], unit="short", span=6),
        show_lines(
            "Delivered and not done",
            "Running, waiting for an outage, or put aside until their owner's turn.",
            [Line(unacked, "{{consumer}}")],
            unit="short",
            span=6,
        ),
        show_lines(
            "Age of the oldest message",
            "By consumer, since its publication.",
            [Line(watched("lectern_consumer_oldest_message_age_seconds", CONSUMER, by="consumer"), "{{consumer}}")],
            unit="s",
            span=6,
        ),
        show_lines(
            "Put aside a minute",
            "Messages of owners who have had their turn. Many, with free slots: one owner's backlog, and no fault.",
            [Line(per_minute("lectern_stage_put_aside_total", STAGE, by="stage"), "{{stage}}")],
            unit="short",
            span=6,
        ),
    ]


def _trouble() -> list[AnyPanel]:
    def rank(title: str, description: str, metric: str) -> AnyPanel:
        expr = f"topk(8, {grown(metric, STAGE, by='stage, code')} > 0)"
        return show_ranking(title, description, expr, legend="{{stage}}: {{code}}", unit="short", span=6)

    return [
        rank(
            "Tried again", "Attempts that failed, by the problem. Up to five are made.", "lectern_stage_retries_total"
        ),
        rank(
            "Outages",
            "What work waited for without using an attempt: bring that back. Work goes on by itself.",
            "lectern_stage_waits_total",
        ),
        rank("Given up", "Jobs that failed for good, by the problem.", "lectern_stage_failures_total"),
        rank("Buried", "Those of them that an operator could retry or repair.", "lectern_dead_letters_total"),
    ]


def _log_and_store() -> list[AnyPanel]:
    used, limit = watched("lectern_log_storage_used_bytes"), watched("lectern_log_storage_limit_bytes")
    streams = [
        Column("Messages", watched("lectern_log_messages", by="stream"), decimals=0),
        Column("Size", watched("lectern_log_bytes", by="stream"), "bytes"),
    ]
    return [
        show_share(
            "The log's storage",
            "Used of what JetStream may use.",
            f"{used} / ({limit} > 0)",
            limits=Limits(0.7, 0.85),
            nothing="no limit of its own",
        ),
        show_table(
            "Streams", "What the event log keeps.", {"stream": "Stream"}, streams, span=6, height=7, largest="Size"
        ),
        show_lines(
            "Replicas of the log",
            "Copies of the stream VIDEOS. `current` 0 means that it has no leader: nothing can be written.",
            [Line(watched("lectern_log_replicas", 'stream="VIDEOS"', by="state"), "{{state}}")],
            unit="short",
            span=4,
            height=7,
        ),
        show_lines(
            "The log takes, 99 %",
            "Requests to the event log, by operation.",
            [Line(quantile(0.99, "lectern_log_operation_seconds", by="operation"), "{{operation}}")],
            unit="s",
            span=5,
            height=7,
        ),
        show_lines(
            "The store takes, 99 %",
            "Requests to the object store, by operation.",
            [Line(quantile(0.99, "lectern_store_operation_seconds", by="operation"), "{{operation}}")],
            unit="s",
            span=5,
            height=7,
        ),
        show_lines(
            "What can be reached",
            "Share of processes that reach each of what they need; all ask every 15 seconds.",
            [Line(f"avg by (dependency) ({select('lectern_dependency_up')})", "{{dependency}}")],
            unit="percentunit",
            most=1,
            span=8,
        ),
        show_ranking(
            "Store requests",
            "By result in this time. `missing` is an answer; `failed` is none.",
            grown("lectern_store_operation_seconds_count", by="operation, outcome"),
            legend="{{operation}} {{outcome}}",
            unit="short",
            span=8,
        ),
        show_lines(
            "Questions between services take, 95 %",
            "As those who ask see it.",
            [Line(quantile(0.95, "lectern_request_seconds", by="request"), "{{request}}")],
            unit="s",
            span=8,
        ),
    ]


def _processes() -> list[AnyPanel]:
    return [
        show_lines(
            "CPU cores",
            "Used by each process of ours. What sandboxes compute is in Renderers.",
            [Line(f"rate({select('process_cpu_seconds_total')}[$__rate_interval])", "{{instance}}")],
            unit="short",
            span=6,
        ),
        show_lines(
            "Memory",
            "Resident, of each process.",
            [Line(select("process_resident_memory_bytes"), "{{instance}}")],
            unit="bytes",
            span=6,
        ),
        show_lines(
            "The event loop is late, 99 %",
            "A process whose loop is late answers nothing in time: it has too much to do, or something blocks it.",
            [Line(quantile(0.99, "lectern_event_loop_lag_seconds", by="component"), "{{component}}")],
            unit="s",
            limits=Limits(0.25, 1),
            span=6,
        ),
        show_lines(
            "Descriptors",
            "Share of those that the process may have. Each event stream needs one.",
            [Line(f"{select('process_open_fds')} / {select('process_max_fds')}", "{{instance}}")],
            unit="percentunit",
            limits=Limits(0.7, 0.9),
            span=6,
        ),
    ]
