"""Drawing a waterfall: a bar for each stage of each scene, the critical path marked, and each stage's share of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lectern.cli.terminal import make_text
from lectern.contracts.waterfall import StageShare, Waterfall, WorkStep, add_up_stages
from lectern.tracing import read_trace_id

LABELS = 20  # columns left of the bars
NOTES = 30  # and right of them
LEAST_BAR, MOST_BAR = 20, 120  # columns
WAITING, WORKING, UNKNOWN = "░", "█", "▒"
_STYLES = {"done": "", "refused": "yellow", "failed": "red", "stopped": "dim", "open": "cyan"}


def draw_waterfall(waterfall: Waterfall, status: str, title: str, width: int) -> RenderableType:
    """The waterfall for a terminal of so many columns."""
    columns = min(max(width - LABELS - NOTES, LEAST_BAR), MOST_BAR)
    return Group(
        *_describe(waterfall, status, title),
        Text(),
        _draw_scale(waterfall, columns),
        *(
            line
            for step in sorted(waterfall.steps, key=_order)
            for line in (_draw_step(step, waterfall, columns), *_list_delays(step, waterfall))
        ),
        Text(f"{'':<{LABELS}}{WAITING} waiting  {WORKING} working  ◆ on the critical path", style="dim"),
        Text(),
        _draw_shares(waterfall),
    )


def format_seconds(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _describe(waterfall: Waterfall, status: str, title: str) -> Iterable[Text]:
    yield make_text(title, style="bold")
    ending = "so far" if not waterfall.ends_with else f"until {waterfall.ends_with}"
    yield make_text(f"{waterfall.video_id}  {status}  {format_seconds(waterfall.seconds())} {ending}")
    if waterfall.acts > 1:
        yield Text(f"act {waterfall.act} of {waterfall.acts} of its user, revision {waterfall.revision}; see --act")
    if trace_id := read_trace_id(waterfall.traceparent):
        yield Text(f"trace {trace_id}")


def _order(step: WorkStep) -> tuple[int, datetime]:
    """What comes before all scenes, the scenes, what comes after them; each by its time."""
    place = step.scene or (0 if step.stage == "scripter" else 1_000_000)
    return place, step.times.queued_at


def _draw_scale(waterfall: Waterfall, columns: int) -> Text:
    half, end = format_seconds(waterfall.seconds() / 2), format_seconds(waterfall.seconds())
    scale = f"{'0 s':<{columns // 2}}{half:<{columns - columns // 2}}"
    return Text(f"{'':<{LABELS}}{scale[: columns - len(end)]}{end}", style="dim")


def _draw_step(step: WorkStep, waterfall: Waterfall, columns: int) -> Text:
    scene = f"scene {step.scene}" if step.scene is not None else ""
    label = f"{'◆' if step.critical else ' '} {scene:<9}{step.stage:<9}"
    line = Text(label, style="bold" if step.critical else "")
    line.append(
        _draw_bar(step, waterfall, columns), style=f"bold {_STYLES[step.end]}" if step.critical else _STYLES[step.end]
    )
    line.append_text(make_text(" " + ", ".join(_list_notes(step, waterfall))))
    return line


def _draw_bar(step: WorkStep, waterfall: Waterfall, columns: int) -> str:
    total = max(waterfall.seconds(), 1e-9)

    def place(at: datetime) -> int:
        share = (at - waterfall.began_at).total_seconds() / total
        return round(min(max(share, 0.0), 1.0) * columns)

    times = step.times
    start, end = place(times.queued_at), place(times.ended_at or waterfall.ended_at)
    if step.end in ("open", "stopped"):
        drawn = WAITING * max(1, end - start)
    elif times.began_at is None:  # an early version did not note it
        drawn = UNKNOWN * max(1, end - start)
    else:
        middle = min(max(place(times.began_at), start), end)
        drawn = WAITING * (middle - start) + WORKING * max(1, end - middle)
    start = min(start, columns - 1)
    return f"{'':<{start}}{drawn}"[:columns].ljust(columns)


def _list_notes(step: WorkStep, waterfall: Waterfall) -> Iterable[str]:
    times = step.times
    if step.end in ("open", "stopped"):
        lasted = ((times.ended_at or waterfall.ended_at) - times.queued_at).total_seconds()
        yield f"{format_seconds(max(0.0, lasted))}, {'not finished' if step.end == 'open' else 'stopped'}"
    else:
        waited, worked = times.waited, times.worked
        if waited is not None and worked is not None:
            yield f"{format_seconds(waited)} + {format_seconds(worked)}"
        if step.end != "done":
            yield step.end
    if step.version > 1:
        yield f"version {step.version}"
    if times.attempt > 1:
        yield f"attempt {times.attempt}"


def _list_delays(step: WorkStep, waterfall: Waterfall) -> Iterable[Text]:
    until = step.times.began_at or step.times.ended_at or waterfall.ended_at
    for since, problem in step.delays:
        seconds = max(0.0, (until - since).total_seconds())
        yield make_text(f"{'':<{LABELS}}↳ delayed {format_seconds(seconds)}: {problem.code}", style="yellow")


def _draw_shares(waterfall: Waterfall) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("stage", "jobs", "waiting", "working", "waiting share", "critical path", "of it waiting"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for share in add_up_stages(waterfall):
        on_path = share.path_waited + share.path_worked
        table.add_row(
            share.stage,
            str(share.steps),
            format_seconds(share.waited),
            format_seconds(share.worked),
            _format_share(share.waited, share.waited + share.worked),
            f"{format_seconds(on_path)} ({_format_share(on_path, waterfall.seconds())})",
            _format_share(share.path_waited, on_path),
        )
    table.add_row(*_total(add_up_stages(waterfall), waterfall))
    return table


def _total(shares: tuple[StageShare, ...], waterfall: Waterfall) -> tuple[str, ...]:
    waited, worked = sum(share.waited for share in shares), sum(share.worked for share in shares)
    path_waited = sum(share.path_waited for share in shares)
    return (
        "all",
        str(sum(share.steps for share in shares)),
        format_seconds(waited),
        format_seconds(worked),
        _format_share(waited, waited + worked),
        format_seconds(waterfall.seconds()),
        _format_share(path_waited, waterfall.seconds()),
    )


def _format_share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole > 0 else "–"
