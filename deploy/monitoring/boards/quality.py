"""Quality: is what people get any good?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import AnyPanel, add_rows, begin_dashboard, list_values
from boards.panels import Limits, show_lines, show_ranking, show_spread, show_stack, show_tile
from boards.promql import Line, grown, mean, select, share_within

QUALITY = 'quality=~"$quality"'
SCENES, FINISHED = "lectern_scenes_rendered_total", "lectern_videos_finished_total"
VERSIONS, MODELS_CODE = "lectern_scene_code_versions", 'origin="model"'
DRIFT, LOUDNESS = "lectern_av_drift_seconds", "lectern_loudness_lufs"


def build_quality() -> Dashboard:
    """What was degraded, found and repaired; what failed; how films sound."""
    board = begin_dashboard("quality", "Quality", "Is what people get any good?", span="24h")
    board = board.with_variable(list_values("quality", "Quality", "lectern_videos_finished_total"))
    rows = {
        "At a glance": _tiles(),
        "Scenes": _scenes(),
        "Code that models write": _code(),
        "Films": _films(),
    }
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    degraded, whole = (
        grown(FINISHED, QUALITY, 'outcome="degraded"'),
        grown(FINISHED, QUALITY, 'outcome=~"completed|degraded"'),
    )
    failed, ended = (
        grown(FINISHED, QUALITY, 'outcome="failed"'),
        grown(FINISHED, QUALITY, 'outcome=~"completed|degraded|failed"'),
    )
    within = [
        (
            "Right at once",
            "1.0",
            "Scenes whose first version of a model's code passed all checks.",
            Limits(0.6, 0.4, low=True),
        ),
        (
            "Right within two repairs",
            "3.0",
            "Scenes whose code passed all checks in at most three versions.",
            Limits(0.9, 0.8, low=True),
        ),
    ]
    return [
        show_tile(
            "Scenes degraded",
            "Scenes that show their fallback, of those rendered. Code that models write, below, says why.",
            f"({grown(SCENES, QUALITY, DEGRADED)} or vector(0)) / {grown(SCENES, QUALITY)}",
            unit="percentunit",
            limits=Limits(0.05, 0.15),
            now=True,
            decimals=1,
            span=4,
        ),
        show_tile(
            "Films with a degraded scene",
            "Of the films finished.",
            f"({degraded} or vector(0)) / {whole}",
            unit="percentunit",
            limits=Limits(0.1, 0.3),
            now=True,
            decimals=1,
            span=4,
        ),
        show_tile(
            "Videos failed",
            "Of those that ended and were not cancelled.",
            f"({failed} or vector(0)) / {ended}",
            unit="percentunit",
            limits=Limits(0.03, 0.05),
            now=True,
            decimals=1,
            span=4,
        ),
        *(
            show_tile(
                title,
                description,
                share_within(VERSIONS, bound, MODELS_CODE),
                unit="percentunit",
                limits=limits,
                now=True,
                decimals=0,
                span=4,
                nothing="no model draws",
            )
            for title, bound, description, limits in within
        ),
        show_tile(
            "Repairs a scene",
            "Versions of a model's code beyond the first, on average.",
            f"{mean(VERSIONS, MODELS_CODE, window='$__range')} - 1",
            unit="short",
            limits=Limits(1, 2),
            now=True,
            decimals=2,
            span=4,
            nothing="no model draws",
        ),
    ]


def _scenes() -> list[AnyPanel]:
    return [
        show_stack(
            "Scenes by the origin of their code",
            "`lesson`: came with its code; `template`: drawn by ours; `model`, `author`: written for it.",
            [Line(grown(SCENES, QUALITY, by="origin", window="$__rate_interval"), "{{origin}}")],
            unit="short",
        ),
        show_ranking(
            "Why scenes are degraded",
            "The problem that ended the last attempt, in this time.",
            f"{grown('lectern_scenes_degraded_total', by='code')} > 0",
            legend="{{code}}",
            unit="short",
        ),
        show_ranking(
            "Why scenes fail",
            "The problem for which nothing could be shown, in this time.",
            f"{grown('lectern_scenes_failed_total', by='stage, code')} > 0",
            legend="{{stage}}: {{code}}",
            unit="short",
        ),
    ]


def _code() -> list[AnyPanel]:
    return [
        show_ranking(
            "Findings",
            "What ended versions of scene code, in this time. One rule far ahead is worth a line in the instructions.",
            f"topk(12, {grown('lectern_scene_findings_total', by='rule')} > 0)",
            legend="{{rule}}",
            unit="short",
            height=10,
        ),
        show_lines(
            "Versions a scene",
            "How many versions of its code a scene took, on average, by who wrote it.",
            [Line(mean(VERSIONS, by="origin"), "{{origin}}")],
            unit="short",
            height=10,
        ),
        show_stack(
            "Answers of models",
            "Requests by how they ended. `cut-off`, `empty`: the answer could not be used and was asked for again.",
            [Line(grown("lectern_model_requests_total", by="outcome", window="$__rate_interval"), "{{outcome}}")],
            unit="short",
            height=10,
        ),
    ]


def _films() -> list[AnyPanel]:
    return [
        show_ranking(
            "Why videos fail",
            "The problem, in this time. Those of users (a lesson that cannot be read) are answered and done.",
            f"{grown('lectern_video_failures_total', by='stage, code')} > 0",
            legend="{{stage}}: {{code}}",
            unit="short",
            span=6,
        ),
        show_spread(
            "Loudness",
            "Of finished films, in LUFS. The target is -14.",
            f"sum by (le) (increase({select(LOUDNESS + '_bucket')}[$__rate_interval]))",
            unit="short",
            span=6,
        ),
        show_spread(
            "Audio against video",
            "Difference in length of the two tracks of finished films. A frame at 30 a second is 33 ms.",
            f"sum by (le) (increase({select(DRIFT + '_bucket')}[$__rate_interval]))",
            unit="s",
            span=6,
        ),
        show_stack(
            "Voices' answers",
            "Requests to voice engines by how they ended. A voice that is refused is replaced for its whole video.",
            [
                Line(
                    grown("lectern_voice_requests_total", by="engine, outcome", window="$__rate_interval"),
                    "{{engine}} {{outcome}}",
                )
            ],
            unit="short",
            span=6,
        ),
    ]


DEGRADED = 'degraded="yes"'
