"""The rule files that are made from others are as their sources say."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from monitoring.rule_files import ROOT, RULE_FILES

OBJECTS = ROOT / "deploy" / "k8s" / "components" / "monitoring" / "rules"


@pytest.mark.parametrize("script", ["objectives.py", "prometheus_rules.py"])
def test_what_is_made_is_not_stale(script: str) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "monitoring" / script), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_operator_gets_every_rule() -> None:
    wrapped = {path.name: yaml.safe_load(path.read_text()) for path in OBJECTS.glob("*.yaml")}
    listed = wrapped.pop("kustomization.yaml")["resources"]

    assert sorted(listed) == sorted(wrapped) == [path.name for path in RULE_FILES]
    for path in RULE_FILES:
        assert wrapped[path.name]["kind"] == "PrometheusRule"
        assert wrapped[path.name]["spec"] == yaml.safe_load(path.read_text())
