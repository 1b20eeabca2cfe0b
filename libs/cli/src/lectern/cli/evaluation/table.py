"""Printing a report as a table, and its differences from an earlier one."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Column, Table

from lectern.cli.evaluation.rates import Rate
from lectern.cli.evaluation.report import EvaluationReport, PictureFigures

Show = Callable[[EvaluationReport], str]


def print_report(report: EvaluationReport, against: EvaluationReport | None, console: Console) -> None:
    """Prints the figures; those of `against` are in a column before them, and paired differences in a table below."""
    table = Table(
        Column("", no_wrap=True), *(["before"] if against else []), "now" if against else "", box=None, pad_edge=False
    )
    for label, show in _ROWS:
        table.add_row(label, *([show(against)] if against else []), show(report))
    both = [against, report] if against else [report]
    for name in dict.fromkeys(name for each in both if each.judge for name in each.judge.scores):
        table.add_row(f"judge, {name} (1 to 10)", *(_show_score(each, name) for each in both))
    for name in dict.fromkeys(name for each in both for name in each.tasks):
        table.add_row(f"tokens per video, {name}", *(_show_tokens(each, name) for each in both))
    for name in dict.fromkeys(name for each in both for name in each.findings):
        table.add_row(f"finding {name}", *(str(each.findings.get(name, 0)) for each in both))
    console.print(table)
    if against:
        _print_differences(report, console)
    for line in _list_unjudged(report):
        console.print(line)
    if not report.scenes_judged:
        console.print("No model was asked for code: the scenes are from lessons and templates.")


def _print_differences(report: EvaluationReport, console: Console) -> None:
    if not report.differences:
        console.print("\nThe two evaluations have no brief in common: nothing can be compared.")
        return
    figure = Column("paired difference", no_wrap=True)
    table = Table(figure, "before", "now", "change", "95 % interval", "pairs", box=None, pad_edge=False)
    for each in report.differences:
        known = each.low is not None and each.high is not None
        interval = f"{each.low:+.3g} to {each.high:+.3g}" if known else "one pair"
        mark = " *" if each.is_certain else ""
        change = f"{each.difference:+.3g}{mark}"
        table.add_row(each.figure, f"{each.before:.3g}", f"{each.now:.3g}", change, interval, str(each.pairs))
    console.print("")
    console.print(table)
    over = "whole briefs" if report.differences[0].resampled == "briefs" else "scenes, as there are few briefs"
    console.print(f"* the interval leaves out zero. Bootstrap over {over}; a figure in twenty does so by chance.")


def _show_rate(rate: Rate) -> str:
    if rate.share is None:
        return "none"
    return f"{rate.share:.0%} ({rate.count} of {rate.of}; {rate.low:.0%} to {rate.high:.0%})"


def _show_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _picture(show: Callable[[PictureFigures], str]) -> Show:
    return lambda report: show(report.picture) if report.picture else "not rendered"


_ROWS: tuple[tuple[str, Show], ...] = (
    ("briefs", lambda r: str(r.briefs)),
    ("videos with every scene", lambda r: str(r.videos_with_every_scene)),
    ("videos without a degraded scene", lambda r: str(r.videos_without_a_degraded_scene)),
    ("videos failed", lambda r: _show_counts(r.failed)),
    ("scenes (by a model, or lost)", lambda r: f"{r.scenes} ({r.scenes_judged})"),
    ("passed the check at the first attempt", lambda r: _show_rate(r.passed_first)),
    ("passed the check after one repair", lambda r: _show_rate(r.passed_after_one_repair)),
    ("passed the check", lambda r: _show_rate(r.passed)),
    ("shown as drawn", lambda r: _show_rate(r.shown_as_drawn) if r.shown_as_drawn.of else "not rendered"),
    ("looked at by a critique", lambda r: _show_rate(r.looked_at)),
    ("looks that failed", lambda r: _show_counts(r.failed_looks)),
    ("repaired after a critique", lambda r: _show_rate(r.repaired_after_critique)),
    ("repaired after a failed render", lambda r: _show_rate(r.repaired_after_render)),
    ("cuts across which things are carried, of those planned", lambda r: _show_rate(r.carried)),
    ("scenes degraded", lambda r: _show_counts(r.degraded)),
    ("scenes failed", lambda r: _show_counts(r.scenes_failed)),
    ("scenes by versions of their code", lambda r: _show_counts({str(n): count for n, count in r.versions.items()})),
    ("strategies", lambda r: _show_counts(r.strategies)),
    ("time in which nothing moves", _picture(lambda p: f"{p.still_share:.0%}, longest {p.longest_still:.1f} s")),
    ("size of the picture, of the body", _picture(lambda p: f"{p.width:.0%} x {p.height:.0%}")),
    (
        "empty picture",
        _picture(lambda p: f"{p.empty_seconds:.1f} s; a second or more in {p.scenes_with_an_empty_second} scenes"),
    ),
    ("doubts", lambda r: f"{r.doubts} in {r.videos_with_doubts} videos"),
    ("length, of that asked for", lambda r: "none asked" if r.length_of_asked is None else f"{r.length_of_asked:.0%}"),
    ("tokens per video", lambda r: f"{r.tokens_per_video:,.0f}"),
    ("of that in repairs", lambda r: f"{r.repair_share_of_tokens:.0%}"),
    ("CPU per video", lambda r: f"{r.cpu_seconds_per_video:.1f} s"),
    ("cost", lambda r: f"${r.cost_usd:.4f}"),
    ("cost per video", lambda r: f"${r.cost_per_video_usd:.4f}"),
    ("time, median and worst", lambda r: f"{r.seconds_median:.1f} s, {r.seconds_worst:.1f} s"),
)


def _show_tokens(report: EvaluationReport, name: str) -> str:
    return f"{report.tasks[name].tokens_per_video:,.0f}" if name in report.tasks else "0"


def _show_score(report: EvaluationReport, name: str) -> str:
    judge = report.judge
    return f"{judge.scores[name]:.1f} ({judge.videos} videos)" if judge and name in judge.scores else "not judged"


def _list_unjudged(report: EvaluationReport) -> list[str]:
    return [f"Not judged: {reason}" for reason in (report.judge.failed if report.judge else ())]
