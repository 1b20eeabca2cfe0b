"""Renderers: is there capacity for the demand, and what does it do?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import AnyPanel, add_rows, begin_dashboard, list_values
from boards.panels import Limits, show_lines, show_ranking, show_share, show_spread, show_stack, show_tile
from boards.promql import Line, grown, lag, oldest, per_minute, per_second, quantile, quantiles, select

QUALITY, RENDERER = 'quality=~"$quality"', 'stage="renderer"'
CPU, FILM = "lectern_render_cpu_seconds_total", "lectern_render_video_seconds_total"
PARTS = "lectern_render_part_cpu_seconds_total"
SLOTS, BUSY = f"sum({select('lectern_stage_slots', RENDERER)})", f"sum({select('lectern_stage_in_progress', RENDERER)})"
WAITING, COMING = f"sum({lag('renderer')})", f"sum({lag('coder')})"
DEPLOYED = 'deployment="renderer"'
SCALED = 'scaledObject="renderer"'


def build_renderers() -> Dashboard:
    """Capacity against demand, what rendering takes, and what the scaler decides."""
    board = begin_dashboard("renderers", "Renderers", "Is there capacity for the demand, and what does it do?")
    board = board.with_variable(list_values("quality", "Quality", "lectern_render_video_seconds_total"))
    rows = {
        "At a glance": _tiles(),
        "Capacity against demand": _capacity(),
        "What rendering takes": _work(),
        "Sandboxes": _sandboxes(),
        "Scaling decisions (needs kube-state-metrics and KEDA)": _scaling(),
    }
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    footage = 'cache="footage"'
    return [
        show_tile("Scenes to render", "Waiting or being rendered.", WAITING, unit="short", decimals=0),
        show_tile(
            "Scenes about to come",
            "That wait for their code or are being coded: what renderers are started for.",
            COMING,
            unit="short",
            decimals=0,
        ),
        show_tile("Slots", "Scenes that all renderers can render at once.", SLOTS, unit="short", decimals=0),
        show_tile(
            "Slots at work",
            "All of them for long, with scenes that grow old: renderers are missing, or the scaler is at its maximum.",
            f"{BUSY} / {SLOTS}",
            unit="percentunit",
            limits=Limits(0.8, 0.95),
            decimals=0,
        ),
        show_tile(
            "Oldest scene",
            "Since it was coded.",
            f"max({oldest('renderer')})",
            unit="s",
            limits=Limits(60, 300),
            decimals=0,
        ),
        show_tile(
            "CPU for a second of film",
            "CPU seconds, over this time and the chosen qualities.",
            f"{grown(CPU, QUALITY)} / {grown(FILM, QUALITY)}",
            unit="short",
            now=True,
            decimals=2,
        ),
        show_tile(
            "Found in the cache",
            "Scenes whose footage was there already.",
            f"{_cached(footage, 'hit')} / {grown('lectern_cache_requests_total', footage)}",
            unit="percentunit",
            now=True,
            decimals=0,
        ),
        show_tile(
            "Sandboxes killed",
            "In this time. One scene may be at fault; many at once are a renderer that has too little of something.",
            f"{grown('lectern_sandbox_kills_total')} or vector(0)",
            unit="short",
            limits=Limits(1, 20),
            now=True,
            decimals=0,
        ),
    ]


def _cached(cache: str, result: str) -> str:
    return f"({grown('lectern_cache_requests_total', cache, f'result={chr(34)}{result}{chr(34)}')} or vector(0))"


def _capacity() -> list[AnyPanel]:
    demand = [
        Line(WAITING, "to render"),
        Line(COMING, "about to come"),
        Line(SLOTS, "slots"),
        Line(BUSY, "slots at work"),
    ]
    return [
        show_lines(
            "Demand and capacity",
            "Slots should follow what is to be rendered, and be there before it when scenes are about to come.",
            demand,
            unit="short",
            span=12,
            dashed=["slots"],
        ),
        show_lines(
            "Scenes wait for a renderer",
            "From their code to the beginning of rendering. What capacity is judged by.",
            quantiles("lectern_stage_queue_wait_seconds", RENDERER),
            unit="s",
            limits=Limits(None, 60),
            span=6,
        ),
        show_lines(
            "Sandbox slots",
            "The pool that renders, preflights and stills share.",
            [
                Line(f"sum({select('lectern_sandbox_slots_busy')})", "at work"),
                Line(f"sum({select('lectern_sandbox_slots')})", "slots"),
            ],
            unit="short",
            span=6,
            dashed=["slots"],
        ),
    ]


def _work() -> list[AnyPanel]:
    ratio = (
        f"sum by (quality) (rate({select(CPU, QUALITY)}[$__rate_interval])) / "
        f"sum by (quality) (rate({select(FILM, QUALITY)}[$__rate_interval]))"
    )
    return [
        show_lines(
            "CPU seconds for a second of film",
            "By quality. A rise without a change of ours is a change of what is drawn, or a slower machine.",
            [Line(ratio, "{{quality}}")],
            unit="short",
        ),
        show_stack(
            "Film rendered in a minute",
            "Seconds of footage, by quality.",
            [Line(per_minute(FILM, QUALITY, by="quality"), "{{quality}}")],
            unit="s",
        ),
        show_lines(
            "A scene takes",
            "Time in the renderer's handler, where it succeeded.",
            quantiles("lectern_stage_duration_seconds", RENDERER, 'outcome="success"'),
            unit="s",
        ),
        show_stack(
            "What a second of film is computed for",
            "CPU seconds by part, all qualities. Interpolation and rasterising rise with what is drawn, conversion and "
            "encoding with pixels; set-up is the scene's code, the scenes before it and the measuring pass.",
            [Line(f"{per_second(PARTS, by='part')} / on () group_left () {per_second(FILM)}", "{{part}}")],
            unit="short",
            span=12,
        ),
        show_ranking(
            "Where the computing goes",
            "Share of each part of all CPU seconds of footage in this time.",
            f"{grown(PARTS, by='part')} / on () group_left () {grown(PARTS)}",
            legend="{{part}}",
            unit="percentunit",
            span=12,
            most=1,
        ),
    ]


def _sandboxes() -> list[AnyPanel]:
    jobs, memory = "lectern_sandbox_jobs_total", "lectern_sandbox_job_peak_memory_bytes"
    return [
        show_lines(
            "A sandbox runs, 95 %",
            "By what it does. Preflights are asked by coders, and hold them up.",
            [Line(quantile(0.95, "lectern_sandbox_job_seconds", by="work"), "{{work}}")],
            unit="s",
            span=6,
        ),
        show_spread(
            "Memory of sandboxes",
            "The most that each had. What a renderer's memory limit is reckoned from.",
            f"sum by (le) (increase({select(memory + '_bucket')}[$__rate_interval]))",
            unit="bytes",
            span=6,
        ),
        show_stack(
            "Sandboxes by result",
            "`refused`: the scene is at fault. `unavailable`: the renderer is.",
            [Line(grown(jobs, by="work, outcome", window="$__rate_interval"), "{{work}} {{outcome}}")],
            unit="short",
            span=6,
        ),
        show_ranking(
            "Killed by",
            "What the scene had too much of, in this time. `sandbox`: a call that no scene needs.",
            f"{grown('lectern_sandbox_kills_total', by='work, reason')} > 0",
            legend="{{work}}: {{reason}}",
            unit="short",
            span=6,
        ),
    ]


def _scaling() -> list[AnyPanel]:
    replicas = [
        Line(f"max({select('kube_deployment_spec_replicas', DEPLOYED)})", "wanted"),
        Line(f"max({select('kube_deployment_status_replicas_ready', DEPLOYED)})", "ready"),
        Line(
            f"max({select('kube_horizontalpodautoscaler_spec_max_replicas', HPA)})",
            "most",
        ),
    ]
    pods = 'pod=~"renderer-.*"'
    return [
        show_share(
            "Of the most",
            "Renderers wanted, of the most that the scaler may have. At 100 % with work that waits: raise it.",
            f"max({select('kube_horizontalpodautoscaler_status_desired_replicas', HPA)}) / "
            f"max({select('kube_horizontalpodautoscaler_spec_max_replicas', HPA)})",
            limits=Limits(0.8, 1),
            height=8,
        ),
        show_lines(
            "Pods",
            "Wanted and not ready for long: no node has room, or the pod does not become ready.",
            replicas,
            unit="short",
            span=7,
            dashed=["most"],
        ),
        show_lines(
            "What KEDA sees",
            "Each trigger's value, as it was asked.",
            [Line(f"max by (scaler, metric) (keda_scaler_metrics_value{{{SCALED}}})", "{{scaler}} {{metric}}")],
            unit="short",
            span=7,
        ),
        show_lines(
            "KEDA's errors a minute",
            "A scaler that cannot ask does not scale: look at the ScaledObject's events.",
            [
                Line(f"60 * sum(rate(keda_scaler_detail_errors_total{{{SCALED}}}[$__rate_interval]))", "triggers"),
                Line(f"60 * sum(rate(keda_scaled_object_errors_total{{{SCALED}}}[$__rate_interval]))", "objects"),
            ],
            unit="short",
            span=6,
        ),
        show_lines(
            "Pods that do not run",
            "By phase. Pending for long: the cluster has no room.",
            [Line(f"sum by (phase) ({select('kube_pod_status_phase', pods, PHASES)})", "{{phase}}")],
            unit="short",
        ),
        show_lines(
            "Restarts",
            "By reason of the last end. OOMKilled: the limit is below what a scene may take.",
            [
                Line(
                    f"sum by (reason) ({select('kube_pod_container_status_last_terminated_reason', pods)})",
                    "{{reason}}",
                )
            ],
            unit="short",
        ),
        show_lines(
            "CPU held back",
            "Share of the scheduler's periods in which the container had used up its limit.",
            [
                Line(
                    f"sum(rate({select('container_cpu_cfs_throttled_periods_total', CONTAINER)}[$__rate_interval])) / "
                    f"sum(rate({select('container_cpu_cfs_periods_total', CONTAINER)}[$__rate_interval]))",
                    "renderer",
                )
            ],
            unit="percentunit",
            limits=Limits(0.25, 0.5),
        ),
    ]


HPA = 'horizontalpodautoscaler="keda-hpa-renderer"'
PHASES = 'phase=~"Pending|Failed|Unknown"'
CONTAINER = 'container="renderer"'
