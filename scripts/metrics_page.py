"""Writes docs/metrics.md from the metrics that the code defines; `--check` fails when it is stale."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from generated_files import write_or_check

from lectern.composer.metrics import ComposerMetrics
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.video_metrics import VideoMetrics
from lectern.gateway.watch_metrics import WatchMetrics
from lectern.llm import ModelMetrics
from lectern.renderer.metrics import RendererMetrics
from lectern.voice.metrics import VoiceMetrics
from lectern.worker import ConnectionMetrics, Meter, MetricFamily, MetricLabel, ProcessMetrics, StageMetrics

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "metrics.md"
RULES, DASHBOARDS = ROOT / "deploy" / "monitoring" / "rules", ROOT / "deploy" / "monitoring" / "dashboards"
UNITS = {"seconds": "s", "bytes": "bytes", "dollars": "US $", "lufs": "LUFS", "messages": "messages"}
MANY = 12  # values of a label, beyond which the page names some

INTRODUCTION = """# Metrics

Every metric that Lectern defines, made by `make docs` from the code; `make check` fails when it is stale. Names and
labels follow Prometheus' conventions; no label has an id, an owner or a text. A value that a label does not list is
counted as `other`. Every service shows its metrics at `/metrics` on `LECTERN_METRICS_PORT`, the gateway also beside its
API; with `Accept: application/openmetrics-text` in OpenMetrics, where those marked † carry the id of a trace as an
exemplar, once traces are exported. The last column names the alerts and dashboards that look at a metric. Beside these
there are the client library's `process_…` and `python_gc_…`.

Rare counters start at 0, so that `increase()` sees their first count. Money by owner is no metric, as owners are not
bounded: see [operations.md](operations.md#metrics).
"""

SECTIONS: dict[str, tuple[str, tuple[type, ...]]] = {
    "Every stage": ("Each process counts its own: add up over processes.", (StageMetrics,)),
    "Every process": (
        "Each process counts its own. `component` is the service.",
        (ProcessMetrics, ConnectionMetrics),
    ),
    "Queues and what waits": (
        "Every gateway shows the same: take the highest, never the sum. One gateway at a time asks the server and "
        "tells the others (ADR 30). While JetStream does not answer, nothing of it is shown.",
        (WatchMetrics,),
    ),
    "Videos, scenes and money": (
        "Counted from the log, each event by one of the gateways: add up over gateways (ADR 30).",
        (VideoMetrics,),
    ),
    "Models and voices": ("Counted by whoever asks: scripter, coder and voice.", (ModelMetrics, VoiceMetrics)),
    "Renderer": ("", (RendererMetrics,)),
    "Composer": ("", (ComposerMetrics,)),
    "Gateway": ("", (GatewayMetrics,)),
}


def collect_families() -> dict[str, MetricFamily]:
    """Every metric by name, without a service or a server."""
    kinds = (kind for _, kinds in SECTIONS.values() for kind in kinds)
    return {family.name: family for kind in kinds for family in define(kind)}


def define(kind: type) -> list[MetricFamily]:
    """What one class of metrics defines."""
    meter = Meter()
    kind(meter)
    return meter.families


def find_users() -> dict[str, list[str]]:
    """The alerts and dashboards that look at each metric, itself or as an objective that is recorded from it."""
    rules = [
        rule
        for path in sorted(RULES.glob("*.yaml"))
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]
    objectives: dict[str, set[str]] = {}
    for rule in rules:
        if objective := rule.get("labels", {}).get("objective") if "record" in rule else "":
            objectives.setdefault(objective, set()).update(find_names(rule["expr"]))
    texts = {rule["alert"]: "" for rule in rules if "alert" in rule}
    for rule in rules:
        if "alert" in rule:
            texts[rule["alert"]] += rule["expr"]
    for path in sorted(DASHBOARDS.glob("*.json")):
        texts[f"*{path.stem.removeprefix('lectern-').capitalize()}*"] = path.read_text(encoding="utf-8")
    users: dict[str, list[str]] = {}
    for user, text in texts.items():
        meant = (objectives.get(objective, set()) for objective in re.findall(r'objective=\\?"([a-z-]+)', text))
        for name in find_names(text).union(*meant):
            users.setdefault(name, []).append(user)
    return users


def find_names(text: str) -> set[str]:
    """The metrics in an expression; histograms by their bare names."""
    named = set(re.findall(r"\blectern_[a-z_]+", text))
    return collect_families().keys() & (named | {re.sub(r"_(bucket|count|sum)$", "", name) for name in named})


def describe_label(label: MetricLabel) -> str:
    """A label with its values, or what they are."""
    values = [f"`{value}`" for value in label.values if value]
    if label.shown:
        return f"**{label.name}**: {label.shown}"
    shown = ", ".join(values[:MANY]) + (f", … ({len(values)} in all)" if len(values) > MANY else "")
    return f"**{label.name}**: {shown}"


def describe_family(family: MetricFamily, users: Mapping[str, list[str]]) -> str:
    """A row of the page."""
    bare = family.name.removesuffix("_total")
    unit = "time" if bare.endswith("_timestamp_seconds") else UNITS.get(bare.rpartition("_")[2], "")
    labels = "<br>".join(describe_label(label) for label in family.labels)
    trace = " †" if family.traced else ""
    used = ", ".join(users.get(family.name, ()))
    return f"| `{family.name}`{trace} | {family.kind} | {unit} | {family.meaning} | {labels} | {used} |"


def make_section(name: str, note: str, families: Iterable[MetricFamily], users: Mapping[str, list[str]]) -> str:
    """A table with a heading."""
    rows = [describe_family(family, users) for family in families]
    head = ["| metric | type | unit | meaning | labels | alerts, *dashboards* |", "|---|---|---|---|---|---|"]
    return "\n".join([f"## {name}\n", *([f"{note}\n"] if note else []), *head, *rows])


def make_page() -> str:
    """The page as Markdown."""
    users = find_users()
    sections = (
        make_section(name, note, [family for kind in kinds for family in define(kind)], users)
        for name, (note, kinds) in SECTIONS.items()
    )
    return "\n\n".join([INTRODUCTION.rstrip(), *sections]) + "\n"


def main() -> int:
    """Writes or checks the page."""
    return write_or_check({PAGE: make_page()}, "run `make docs` and commit it")


if __name__ == "__main__":
    sys.exit(main())
