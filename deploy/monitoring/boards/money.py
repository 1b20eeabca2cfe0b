"""Money: what is spent, on what, and for whom?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.frame import AnyPanel, add_rows, begin_dashboard
from boards.panels import Column, Limits, show_lines, show_stack, show_table, show_tile
from boards.promql import Line, grown, per_hour, per_minute, quantile

SPENT, TOKENS = "lectern_spent_dollars_total", "lectern_model_tokens_total"
MODEL, VOICE = 'kind="model"', 'kind="voice"'


def build_money() -> Dashboard:
    """By model, voice and owner."""
    board = begin_dashboard("money", "Money", "What is spent, on what, and for whom?", span="24h")
    rows = {"At a glance": _tiles(), "Pace": _pace(), "Models": _models(), "Voices": _voices()}
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    videos = grown("lectern_videos_finished_total", 'outcome=~"completed|degraded"')
    cached, asked = grown(TOKENS, 'kind="cached"'), grown(TOKENS, 'kind=~"input|cached"')
    return [
        show_tile(
            "Spent", "In this time.", f"{grown(SPENT)} or vector(0)", unit="currencyUSD", now=True, decimals=2, span=4
        ),
        show_tile(
            "A month at this pace",
            "30 days at the average of this time.",
            f"({grown(SPENT)} or vector(0)) / $__range_s * 86400 * 30",
            unit="currencyUSD",
            now=True,
            decimals=0,
            span=4,
        ),
        show_tile(
            "For a film",
            "Spent in this time by the films finished in it. What failed or is still being made is paid for, too.",
            f"({grown(SPENT)} or vector(0)) / {videos}",
            unit="currencyUSD",
            now=True,
            decimals=3,
            span=4,
        ),
        show_tile(
            "For a minute of film",
            "Spent in this time by the minutes of film finished in it.",
            f"60 * ({grown(SPENT)} or vector(0)) / {grown('lectern_video_seconds_total')}",
            unit="currencyUSD",
            now=True,
            decimals=3,
            span=4,
        ),
        show_tile(
            "Tokens from the provider's cache",
            "Of what models read. The constant beginning of our instructions should be found there.",
            f"({cached} or vector(0)) / {asked}",
            unit="percentunit",
            now=True,
            decimals=0,
            span=4,
            nothing="no model",
        ),
        show_tile(
            "Answers from our cache",
            "Requests to models that were not sent, as the same had been asked before.",
            f"({grown(CACHE, ANSWERS, HIT)} or vector(0)) / {grown(CACHE, ANSWERS)}",
            unit="percentunit",
            now=True,
            decimals=0,
            span=4,
            nothing="no model",
        ),
    ]


def _pace() -> list[AnyPanel]:
    return [
        show_stack(
            "Dollars an hour, by model and voice",
            "At the pace of each moment.",
            [Line(per_hour(SPENT, by="name"), "{{name}}")],
            unit="currencyUSD",
            span=12,
        ),
        show_stack(
            "Dollars an hour, by task",
            "What models are paid for: `code` and `repair` are scenes.",
            [Line(per_hour(SPENT, MODEL, by="task"), "{{task}}")],
            unit="currencyUSD",
            span=12,
        ),
    ]


def _models() -> list[AnyPanel]:
    requests = "lectern_model_requests_total"

    def tokens(kind: str) -> str:
        return grown(TOKENS, f'kind="{kind}"', by="model, task")

    dollars = f'label_replace({grown(SPENT, MODEL, by="name, task")}, "model", "$1", "name", "(.*)")'
    columns = [
        Column("Requests", grown(requests, by="model, task"), decimals=0),
        Column("Failed", grown(requests, 'outcome!="ok"', by="model, task"), limits=Limits(1, None), decimals=0),
        Column("Read", tokens("input")),
        Column("Cached", tokens("cached")),
        Column("Written", tokens("output")),
        Column("Thought", tokens("thinking")),
        Column("Dollars", f"sum by (model, task) ({dollars})", "currencyUSD", decimals=3),
    ]
    return [
        show_table(
            "By model and task",
            "In this time. Tokens read, found in the provider's cache, written and thought; none is in two columns.",
            {"model": "Model", "task": "Task"},
            columns,
            span=14,
        ),
        show_stack(
            "Tokens a minute",
            "Of all models.",
            [Line(per_minute(TOKENS, by="kind"), "{{kind}}")],
            unit="short",
            span=5,
        ),
        show_lines(
            "A model takes, 95 %",
            "Until its answer was complete.",
            [Line(quantile(0.95, "lectern_model_request_seconds", by="task"), "{{task}}", exemplars=True)],
            unit="s",
            span=5,
        ),
    ]


def _voices() -> list[AnyPanel]:
    dollars = f'label_replace({grown(SPENT, VOICE, by="name")}, "engine", "$1", "name", "(.*)")'
    requests = "lectern_voice_requests_total"
    columns = [
        Column("Requests", grown(requests, by="engine"), decimals=0),
        Column("Failed", grown(requests, 'outcome!="ok"', by="engine"), limits=Limits(1, None), decimals=0),
        Column("Characters", grown("lectern_voice_characters_total", by="engine")),
        Column("Sound", grown("lectern_voice_audio_seconds_total", by="engine"), "s", decimals=0),
        Column("Dollars", f"sum by (engine) ({dollars})", "currencyUSD", decimals=3),
    ]
    return [
        show_table("By voice engine", "In this time.", {"engine": "Engine"}, columns, span=10),
        show_stack(
            "Characters a minute",
            "Spoken by each engine.",
            [Line(per_minute("lectern_voice_characters_total", by="engine"), "{{engine}}")],
            unit="short",
            span=7,
        ),
        show_lines(
            "An engine takes, 95 %",
            "For one passage.",
            [Line(quantile(0.95, "lectern_voice_request_seconds", by="engine"), "{{engine}}")],
            unit="s",
            span=7,
        ),
    ]


CACHE, ANSWERS, HIT = "lectern_cache_requests_total", 'cache="answers"', 'result="hit"'
