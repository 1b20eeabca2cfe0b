"""The rule files that are made from others are as their sources say."""

from __future__ import annotations

import objectives
import prometheus_rules
import yaml
from monitoring.rule_files import ROOT, RULE_FILES

OBJECTS = ROOT / "deploy" / "k8s" / "components" / "monitoring" / "rules"


def test_the_objectives_rules_are_not_stale() -> None:
    assert objectives.RULES.read_text() == objectives.write_rules(), "run `make docs`"


def test_the_operators_objects_are_not_stale() -> None:
    for path, wanted in prometheus_rules.write_objects().items():
        assert path.read_text() == wanted, f"{path.name}: run `make docs`"


def test_the_operator_gets_every_rule() -> None:
    wrapped = {path.name: yaml.safe_load(path.read_text()) for path in OBJECTS.glob("*.yaml")}
    listed = wrapped.pop("kustomization.yaml")["resources"]

    assert sorted(listed) == sorted(wrapped) == [path.name for path in RULE_FILES]
    for path in RULE_FILES:
        assert wrapped[path.name]["kind"] == "PrometheusRule"
        assert wrapped[path.name]["spec"] == yaml.safe_load(path.read_text())
