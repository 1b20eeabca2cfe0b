"""Each alert fires when it should, and in the near miss it does not: Prometheus' own rule tests say so."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from monitoring.alert_cases import CASES, CASES_BY_STEP, Case
from monitoring.rule_files import ROOT, RULE_FILES, find_program, list_alerts

ALERTS = {alert["alert"]: path for path in RULE_FILES for alert in list_alerts(path)}
PROMTOOL = find_program("promtool")
needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="`scripts/setup monitoring` unpacks promtool")


def write_group(case: Case, minutes: int) -> dict[str, object]:
    """The case as promtool's rule tests have it. `minutes` lie between two values of a series."""
    own = {"alertname": case.alert, "alertstate": "firing", "severity": case.severity}
    samples = [{"labels": _select({**own, **case.fires}), "value": 1}] if case.fires is not None else []
    return {
        "name": name_case(case),
        "interval": f"{minutes}m",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [{"expr": _select(own), "eval_time": case.at, "exp_samples": samples}],
    }


def _select(labels: Mapping[str, str]) -> str:
    return "ALERTS{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def name_case(case: Case) -> str:
    return f"{case.alert}: {case.title}"


def run_cases(folder: Path, rules: Path, steps: tuple[int, int], cases: list[Case]) -> str:
    """What promtool says of cases about a rule file; "" when it is content."""
    work = next(path for path in RULE_FILES if path.name == "work.yaml")  # where series of several files are recorded
    test = {
        "rule_files": sorted({str(rules), str(work)}),
        "evaluation_interval": f"{steps[1]}m",
        "tests": [write_group(case, steps[0]) for case in cases],
    }
    written = folder / f"{rules.stem}.yaml"
    written.write_text(yaml.safe_dump(test, sort_keys=False))
    done = subprocess.run([PROMTOOL, "test", "rules", str(written)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.slow
@needs_promtool
@pytest.mark.parametrize("rules", RULE_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("steps", CASES_BY_STEP, ids=lambda steps: f"every {steps[0]} minutes")
def test_alerts_fire_when_they_should_and_not_in_the_near_miss(
    rules: Path, steps: tuple[int, int], tmp_path: Path
) -> None:
    cases = [case for case in CASES_BY_STEP[steps] if ALERTS[case.alert] == rules]

    assert not cases or run_cases(tmp_path, rules, steps, cases) == ""


@pytest.mark.slow
@needs_promtool
def test_a_case_that_is_not_so_is_found(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.alert == "LecternDeadLetters" and case.fires is None)
    said = run_cases(tmp_path, ALERTS[case.alert], (1, 1), [replace(case, fires={})])

    assert "FAILED" in said


@pytest.mark.parametrize(
    "alert",
    sorted({(alert["alert"], alert["labels"]["severity"]) for path in RULE_FILES for alert in list_alerts(path)}),
    ids="-".join,
)
def test_each_alert_has_a_case_that_fires_and_a_near_miss(alert: tuple[str, str]) -> None:
    cases = [case for case in CASES if case.alert == alert[0]]

    assert any(case.fires is not None and case.severity == alert[1] for case in cases)
    assert any(case.fires is None for case in cases)


@pytest.mark.slow
@needs_promtool
def test_prometheus_reads_the_rules() -> None:
    done = subprocess.run(
        [PROMTOOL, "check", "rules", *map(str, RULE_FILES)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not find_program("amtool"), reason="`scripts/setup monitoring` unpacks amtool")
def test_alertmanager_reads_the_example() -> None:
    example = ROOT / "deploy" / "monitoring" / "alertmanager.yaml"
    done = subprocess.run(
        [find_program("amtool"), "check-config", str(example)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
