"""Printing a report as a table, beside an earlier one if there is one."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from lectern.cli.evaluation.report import EvaluationReport

Show = Callable[[EvaluationReport], str]


def print_report(report: EvaluationReport, against: EvaluationReport | None, console: Console) -> None:
    """Prints the figures; those of `against` are in a column before them."""
    table = Table("", *(["before"] if against else []), "now" if against else "", box=None, pad_edge=False)
    for label, show in _ROWS:
        table.add_row(label, *([show(against)] if against else []), show(report))
    both = [against, report] if against else [report]
    for name in dict.fromkeys(name for each in both for name in each.tasks):
        table.add_row(f"tokens per video, {name}", *(_tokens_of(each, name) for each in both))
    for name in dict.fromkeys(name for each in both for name in each.findings):
        table.add_row(f"finding {name}", *(str(each.findings.get(name, 0)) for each in both))
    console.print(table)
    if not report.scenes_of_a_model:
        console.print("No model was asked: the scenes are from lessons and templates.")


def _rate(value: float | None) -> str:
    return "none asked" if value is None else f"{value:.0%}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


_ROWS: tuple[tuple[str, Show], ...] = (
    ("briefs", lambda r: str(r.briefs)),
    ("videos with every scene", lambda r: str(r.videos_with_every_scene)),
    ("videos without a degraded scene", lambda r: str(r.videos_without_a_degraded_scene)),
    ("failed", lambda r: _counts(r.failed)),
    ("scenes (by a model)", lambda r: f"{r.scenes} ({r.scenes_of_a_model})"),
    ("pass at the first attempt", lambda r: _rate(r.first_attempt)),
    ("pass after one repair", lambda r: _rate(r.after_one_repair)),
    ("pass after repair", lambda r: _rate(r.after_repair)),
    ("degraded", lambda r: _counts(r.degraded)),
    ("scenes by attempts", lambda r: _counts({str(number): count for number, count in r.attempts.items()})),
    ("strategies", lambda r: _counts(r.strategies)),
    ("tokens per video", lambda r: f"{r.tokens_per_video:,.0f}"),
    ("of that in repairs", lambda r: f"{r.repair_share_of_tokens:.0%}"),
    ("cost", lambda r: f"${r.cost_usd:.4f}"),
    ("cost per video", lambda r: f"${r.cost_per_video_usd:.4f}"),
    ("time, median and worst", lambda r: f"{r.seconds_median:.1f} s, {r.seconds_worst:.1f} s"),
)


def _tokens_of(report: EvaluationReport, name: str) -> str:
    return f"{report.tasks[name].tokens_per_video:,.0f}" if name in report.tasks else "0"
