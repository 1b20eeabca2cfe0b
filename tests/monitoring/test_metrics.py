"""Every metric follows Prometheus' conventions, has bounded labels, and is in the catalogue."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from metrics_page import PAGE, collect_families, make_page

from lectern.coder.codegen.handing_on import NOT_CARRIED
from lectern.contracts import problem_codes
from lectern.contracts.acceptance import OUT_OF_STEP_RULES, TOO_DEAR
from lectern.contracts.notes import NoteCode
from lectern.gateway.video_metrics import VideoMetrics
from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import KillReason
from lectern.scenekit.checks import rules
from lectern.worker import Meter, MetricFamily, StageMetrics

ROOT = Path(__file__).parents[2]
FAMILIES = collect_families()
UNITS = ("seconds", "bytes", "dollars", "lufs", "messages")
# What is counted in things rather than in a unit.
COUNTED = re.compile(r"_(slots|in_progress|streams|active|stalled|waiting|stored|replicas|busy|up|info|versions)$")
IDENTIFYING = re.compile(
    r"(^|_)(id|ids|owner|user|key|video|scene|topic|title|path|url|address|ip|trace|error|text)($|_)"
)
MOST_SERIES = 4000  # of one metric in one process, were every combination of its labels to occur
MOST_OPEN_SERIES = 300_000  # where a label is bounded by what the code can name, such as routes

families = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


@families
def test_names_follow_the_conventions(family: MetricFamily) -> None:
    assert re.fullmatch(r"lectern_[a-z]+(_[a-z]+)*", family.name)
    assert (family.kind == "counter") == family.name.endswith("_total")
    bare = family.name.removesuffix("_total")
    if family.kind == "counter" and not bare.endswith(UNITS):
        assert re.search(
            r"(s|processed|projected|aside|requested|finished|rendered|failed|degraded|opened|ended)$", bare
        )
    if family.kind != "counter":
        assert bare.endswith(UNITS) or COUNTED.search(bare), "a unit at the end of the name, in the plural"


@families
def test_the_meaning_is_said(family: MetricFamily) -> None:
    assert family.meaning[:1].isupper() or family.meaning[:1].isdigit()
    assert not family.meaning.endswith(".")
    assert 10 < len(family.meaning) < 120


@families
def test_labels_are_bounded_and_name_nobody(family: MetricFamily) -> None:
    names = [label.name for label in family.labels]
    assert len(names) == len(set(names))
    assert not set(names) & {"le", "job", "instance", "service", "pod", "namespace", "container"}, "Prometheus' own"
    for label in family.labels:
        assert not IDENTIFYING.search(label.name)
        assert label.values or (label.most and label.shown), "say which values, or how many and what they are"
        assert len(label.values) == len(set(label.values))
    series = math.prod(len(label.values) or label.most for label in family.labels) * (len(family.buckets) + 3)
    assert series <= (MOST_SERIES if all(label.values for label in family.labels) else MOST_OPEN_SERIES)


@families
def test_buckets_rise(family: MetricFamily) -> None:
    assert (family.kind == "histogram") == bool(family.buckets)
    assert list(family.buckets) == sorted(set(family.buckets))


def test_what_is_promised_is_the_bound_of_a_bucket() -> None:
    assert 300 in FAMILIES["lectern_video_completion_seconds"].buckets
    assert 60 in FAMILIES["lectern_video_first_scene_seconds"].buckets


def test_the_first_event_of_an_objective_is_seen_as_an_increase() -> None:
    meter = Meter()
    VideoMetrics(meter)
    for quality in ("draft", "standard", "high", "ultra"):
        first = {"quality": quality}
        completion = meter.registry.get_sample_value(
            "lectern_video_completion_seconds_count", {**first, "length": "short", "pass": "first"}
        )
        assert completion == meter.registry.get_sample_value("lectern_video_first_scene_seconds_count", first) == 0


def test_the_first_scene_of_each_kind_is_seen_as_an_increase() -> None:
    meter = Meter()
    for define in (StageMetrics, RendererMetrics, VideoMetrics):
        define(meter)
    for metric, labels in (
        ("lectern_cache_requests_total", {"cache": "footage", "result": "hit"}),
        ("lectern_render_cpu_seconds_total", {"quality": "draft"}),
        ("lectern_render_video_seconds_total", {"quality": "ultra"}),
        ("lectern_sandbox_job_seconds_count", {"work": "preflight"}),
        ("lectern_scene_code_versions_count", {"origin": "model"}),
        ("lectern_scenes_degraded_total", {"code": "code-unrepaired"}),
        ("lectern_scene_findings_total", {"rule": "no-budget"}),
    ):
        assert meter.registry.get_sample_value(metric, labels) == 0, metric


def test_the_catalogue_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `make docs`"


def test_metrics_are_defined_nowhere_else() -> None:
    """Whoever defines one on a registry himself bounds no labels, and is not in the catalogue."""
    found = [
        path.relative_to(ROOT).as_posix()
        for place in ("libs", "services")
        for path in (ROOT / place).glob("*/src/**/*.py")
        if re.search(r"prometheus_client import .*\b(Counter|Gauge|Histogram|Summary|Info|Enum)\b", path.read_text())
    ]
    assert found == ["libs/worker/src/lectern/worker/meter.py"]


# The codes and rules that labels are bounded by are those that the code has.


def test_the_rules_are_those_of_the_scene_checks() -> None:
    checked = {rule.name for rule in vars(rules).values() if isinstance(rule, rules.Rule)}
    assert checked | OUT_OF_STEP_RULES | {TOO_DEAR, NOT_CARRIED} <= set(problem_codes.FINDING_RULES)
    assert set(problem_codes.KILL_REASONS) == set(KillReason.__args__)  # type: ignore[attr-defined]


def _list_codes(places: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every code that is written in the source of some packages, with its file."""
    for place in places:
        for path in (ROOT / place).glob("src/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for value in _find_code(node):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                        yield value.value, path.name


def _find_code(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.keyword(arg="code", value=value):
            return [value, *([value.body, value.orelse] if isinstance(value, ast.IfExp) else [])]
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            return [value]
        case ast.Call(func=ast.Attribute(attr="add", value=ast.Name(id="errors")), args=[first, *_]):
            return [first]
        case ast.Call(func=ast.Name(id="_refuse" | "_reject" | "UnusableAnswer" | "BudgetExceeded"), args=args):
            return args[:2]
    return []


# Codes that never reach a stage's metrics: of what keeps a service from starting, and of commands.
STARTING = {"no-sandbox", "nats-too-old", "model-not-set-up", "unknown", "nats-cluster-too-small"}


def test_every_code_of_the_pipeline_is_known() -> None:
    places = ("libs/worker", "libs/llm", "libs/markdown", "libs/media", *(f"services/{each}" for each in PIPELINE))
    written = {code: name for code, name in _list_codes(places) if re.fullmatch(r"[a-z]+(-[a-z]+)*", code)}
    known = {*problem_codes.PIPELINE_CODES, *STARTING, *get_args(NoteCode)}
    assert {code: name for code, name in written.items() if code not in known} == {}, "add them to problem_codes.py"
    assert len(written) > 80, "the search still finds them"


PIPELINE = ("scripter", "voice", "coder", "renderer", "composer")
