"""What rules and alerts name exists: metrics, labels and their values, runbooks, dashboards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import promql_parser
import pytest
from metrics_page import collect_families
from monitoring.alert_cases import CASES
from monitoring.rule_files import ROOT, RULE_FILES, list_alerts, list_rules

FAMILIES = collect_families()
RULES = [rule for path in RULE_FILES for rule in list_rules(path)]
ALERTS = [alert for path in RULE_FILES for alert in list_alerts(path)]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
# Of kube-state-metrics, the kubelet and KEDA, which are not ours: as their documentation has them.
OTHERS = {
    "kube_deployment_status_replicas_unavailable",
    "kube_pod_container_status_restarts_total",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "keda_scaled_object_errors_total",
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
}
K8S = ROOT / "deploy" / "k8s"
DASHBOARDS = {"overview", "pipeline", "renderers", "quality", "money", "video"}


def find_selectors(node: Any) -> Iterator[Any]:
    """Every selector of series in a query."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    elif isinstance(node, promql_parser.MatrixSelector):
        yield node.vector_selector
    for name in ("expr", "lhs", "rhs", "param"):
        child = getattr(node, name, None)
        if child is not None and not isinstance(child, str):
            yield from find_selectors(child)
    for child in getattr(node, "args", None) or ():
        yield from find_selectors(child)


def find_unknown(selector: Any, given: Collection[str] = ()) -> str:
    """What a selector names that no metric of ours has; "" when all of it exists. `given` are Prometheus' own labels."""
    name = selector.name
    if name in RECORDED | OTHERS:
        return ""
    family = FAMILIES.get(name) or FAMILIES.get(re.sub(r"_(bucket|count|sum)$", "", name))
    if family is None:
        return name
    labels = {label.name: label for label in family.labels}
    for matcher in selector.matchers.matchers:
        if matcher.name == "le":
            if float(matcher.value) not in family.buckets:
                return f'{name}{{le="{matcher.value}"}}'
            continue
        if matcher.name in given:
            continue
        if matcher.name not in labels:
            return f"{name}{{{matcher.name}}}"
        values = labels[matcher.name].values
        alternatives = re.split(r"\|(?![^(]*\))", matcher.value)
        if values and not all(any(re.fullmatch(each, value) for value in values) for each in alternatives):
            return f'{name}{{{matcher.name}="{matcher.value}"}}'
    return ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_what_a_rule_asks_for_exists(rule: dict[str, Any]) -> None:
    selectors = list(find_selectors(promql_parser.parse(rule["expr"])))

    assert selectors
    assert [find_unknown(selector) for selector in selectors] == [""] * len(selectors)


@pytest.mark.parametrize(
    "query",
    ["lectern_stages_processed_total", 'lectern_stage_processed_total{state="x"}',
     'lectern_stage_processed_total{outcome=~"succes"}', 'lectern_video_completion_seconds_bucket{le="301.0"}'],
)  # fmt: skip
def test_what_does_not_exist_is_found(query: str) -> None:
    [selector] = find_selectors(promql_parser.parse(query))

    assert find_unknown(selector)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert['alert']}-{alert['labels']['severity']}")
def test_an_alert_says_what_how_much_and_what_to_do(alert: dict[str, Any]) -> None:
    said = alert["annotations"]
    assert set(said) == {"summary", "description", "runbook_url", "dashboard"}
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert said["dashboard"].removeprefix("{{ $externalLabels.lectern_grafana }}/d/lectern-") in DASHBOARDS
    page = said["runbook_url"].removeprefix("{{ $externalLabels.lectern_docs }}")
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", alert["alert"].removeprefix("Lectern")).lower()
    assert page == f"docs/runbooks/{name}.md"
    assert (ROOT / page).exists()
    used = set(re.findall(r"\$labels\.(\w+)", " ".join(said.values())))
    known = {name for case in CASES if case.alert == alert["alert"] for name in case.fires or {}}
    assert used <= known, "labels that the alert has when it fires"


def test_each_case_is_about_an_alert() -> None:
    assert {case.alert for case in CASES} == {alert["alert"] for alert in ALERTS}


def test_the_example_of_alertmanager_names_alerts_that_exist() -> None:
    example = (ROOT / "deploy" / "monitoring" / "alertmanager.yaml").read_text()
    named = set(re.findall(r"Lectern[A-Za-z]+", example))

    assert named
    assert named <= {alert["alert"] for alert in ALERTS}


def test_dashboards_that_alerts_lead_to_exist() -> None:
    written = {path.stem for path in (ROOT / "deploy" / "monitoring" / "dashboards").glob("*.json")}

    assert not written or written >= {f"lectern-{name}" for name in DASHBOARDS}


def test_the_logs_volume_warns_before_its_servers_refuse() -> None:
    """Of an account without a limit, JetStream tells nobody how much of `max_file_store` is left."""
    [alert] = [each for each in ALERTS if each["alert"] == "LecternVolumeFills"]
    left = float(find_figure(alert["expr"], r"< ([\d.]+) \*"))
    config = (K8S / "components/nats/nats.conf").read_text()
    claims = [K8S / "components/nats/statefulset.yaml", K8S / "overlays/local/small-claim.yaml"]
    for claim in claims:
        volume = float(find_figure(claim.read_text(), r"(?:storage|value): (\d+)Gi")) * 2**30
        most = float(find_figure(config, r"max_file_store: (\d+)G")) * 1e9
        assert (1 - left) * volume < 0.95 * most, claim.name


def find_figure(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]
