"""Writes rules/objectives.yaml: what the objectives are measured by, and the alerts on how fast their budgets burn.

For each objective the events and the bad ones are added up over seven windows. An alert wants both of a pair of
windows, a long one and a short one, to burn the budget of 30 days too fast, so that it comes soon and ends soon. Pairs
and factors are those of Google's SRE workbook, chapter 5, "multiwindow, multi-burn-rate alerts".

    PYTHONPATH=scripts python deploy/monitoring/objectives.py [--check]
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from generated_files import write_or_check

RULES = Path(__file__).with_name("rules") / "objectives.yaml"
# Beyond the first a window is put together from the first's events: counters over three days are dear to read.
FIRST_WINDOW, LATER_WINDOWS = "5m", ("30m", "1h", "2h", "6h", "1d", "3d")
# Fewer bad events than this in the long window wake nobody: where little happens, one is a large share of all.
FEWEST_BAD = 5


@dataclass(frozen=True, kw_only=True)
class Burn:
    """A pair of windows and the speed, in budgets of 30 days, at which an alert of a severity is due."""

    severity: str
    long: str
    short: str
    factor: float


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What is promised of how many events. `total` and `bad` are PromQL in which WINDOW stands for the window."""

    name: str
    alert: str
    target: float
    total: str
    bad: str
    summary: str
    description: str
    dashboard: str


BURNS = (
    Burn(severity="page", long="1h", short="5m", factor=14.4),
    Burn(severity="page", long="6h", short="30m", factor=6),
    Burn(severity="ticket", long="1d", short="2h", factor=3),
    Burn(severity="ticket", long="3d", short="6h", factor=1),
)

_CALLS = 'lectern_http_requests_total{route!~"/healthz|/readyz|/metrics",status!="499"%s}[WINDOW]'
_SHORT = 'lectern_video_completion_seconds_%s{length="short",pass="first"%s}[WINDOW]'
_FAILED = 'lectern_videos_finished_total{outcome="failed"}[WINDOW]'  # refused ones are their users' fault
_SEEN = "lectern_video_first_scene_seconds_%s[WINDOW]"


def _add_up(series: str) -> str:
    return f"(sum(increase({series})) or vector(0))"


OBJECTIVES = (
    Objective(
        name="api-calls",
        alert="LecternApiCallsFail",
        target=0.999,
        total=_add_up(_CALLS % ""),
        bad=_add_up(_CALLS % ',status=~"5.."'),
        summary="Calls of the API fail",
        description="of calls were answered with 5xx",
        dashboard="overview",
    ),
    Objective(
        name="short-videos",
        alert="LecternVideosLate",
        target=0.95,
        total=f"{_add_up(_SHORT % ('count', ''))} + {_add_up(_FAILED)}",
        bad="sum(EVENTS) - " + _add_up(_SHORT % ("bucket", ',le="300.0"')),
        summary="Short videos are late or fail",
        description="of videos of up to three minutes took over five minutes, or failed by no fault of their users",
        dashboard="pipeline",
    ),
    Objective(
        name="first-scenes",
        alert="LecternFirstScenesLate",
        target=0.95,
        total=_add_up(_SEEN % "count"),
        bad="sum(EVENTS) - " + _add_up(_SEEN % 'bucket{le="60.0"}'),
        summary="First scenes are late",
        description="of videos showed nothing within a minute of their request",
        dashboard="pipeline",
    ),
)


def write_rules() -> str:
    """The rule file."""
    groups = [_write_group(objective) for objective in OBJECTIVES]
    return "# Made by `make docs` from objectives.py; edit that.\ngroups:\n" + "".join(groups)


def name_runbook(alert: str) -> str:
    """The file of an alert's runbook in docs/runbooks: LecternVideosLate is videos-late.md."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", alert.removeprefix("Lectern")).lower() + ".md"


def _write_group(objective: Objective) -> str:
    events, bad = _events(objective, FIRST_WINDOW), _bad(objective, FIRST_WINDOW)
    total, lost = (expr.replace("WINDOW", FIRST_WINDOW) for expr in (objective.total, objective.bad))
    rules = [
        _record("events", objective, FIRST_WINDOW, total),
        _record("bad_events", objective, FIRST_WINDOW, lost.replace("EVENTS", events)),
    ]
    for window in LATER_WINDOWS:
        span = f"[{window}:{FIRST_WINDOW}]"
        rules.append(_record("events", objective, window, f"sum_over_time({events}{span})"))
        rules.append(_record("bad_events", objective, window, f"sum_over_time({bad}{span})"))
    rules.append(
        f"record: lectern:objective:bad_ratio\nlabels: {{objective: {objective.name}}}\n"
        f"expr: lectern:objective:bad_events{{{_is(objective)}}} / (lectern:objective:events{{{_is(objective)}}} > 0)"
    )
    for severity in dict.fromkeys(burn.severity for burn in BURNS):
        rules.append(_write_alert(objective, severity))
    listed = "".join(textwrap.indent(rule, "        ").replace("        ", "      - ", 1) + "\n" for rule in rules)
    return f"  - name: lectern-{objective.name}\n    rules:\n{listed}"


def _record(name: str, objective: Objective, window: str, expr: str) -> str:
    labels = f"{{objective: {objective.name}, window: {window}}}"
    return f"record: lectern:objective:{name}\nlabels: {labels}\nexpr: {expr}"


def _write_alert(objective: Objective, severity: str) -> str:
    burns = [_write_burn(objective, burn) for burn in BURNS if burn.severity == severity]
    allowed = f"{1 - objective.target:.1%}".replace(".0%", "%")
    return "\n".join(
        [
            f"alert: {objective.alert}",
            "expr: |-",
            "  max without (window) (",
            textwrap.indent("\nor\n".join(burns), "    "),
            "  )",
            f"labels: {{severity: {severity}, objective: {objective.name}}}",
            "annotations:",
            f"  summary: {objective.summary}",
            "  description: >-",
            f"    {{{{ $value | humanizePercentage }}}} {objective.description} lately; {allowed} of a month's may.",
            f'  runbook_url: "{{{{ $externalLabels.lectern_docs }}}}docs/runbooks/{name_runbook(objective.alert)}"',
            f'  dashboard: "{{{{ $externalLabels.lectern_grafana }}}}/d/lectern-{objective.dashboard}"',
        ]
    )


def _write_burn(objective: Objective, burn: Burn) -> str:
    limit = f"{burn.factor:g} * {1 - objective.target:.4g}"
    conditions = [
        f'lectern:objective:bad_ratio{{{_is(objective)},window="{burn.long}"}} > {limit}',
        f'lectern:objective:bad_ratio{{{_is(objective)},window="{burn.short}"}} > {limit}',
        f"{_bad(objective, burn.long)} >= {FEWEST_BAD}",
    ]
    return "(\n  " + "\n  and ignoring (window) ".join(conditions) + "\n)"


def _events(objective: Objective, window: str) -> str:
    return f'lectern:objective:events{{{_is(objective)},window="{window}"}}'


def _bad(objective: Objective, window: str) -> str:
    return f'lectern:objective:bad_events{{{_is(objective)},window="{window}"}}'


def _is(objective: Objective) -> str:
    return f'objective="{objective.name}"'


def main() -> int:
    """Writes the file, or with `--check` returns 1 when it is stale."""
    return write_or_check({RULES: write_rules()}, "run `make docs`")


if __name__ == "__main__":
    sys.exit(main())
