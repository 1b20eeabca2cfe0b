"""Wraps rules/*.yaml as PrometheusRule objects for the Prometheus operator, in deploy/k8s/components/monitoring/rules.

PYTHONPATH=scripts python deploy/monitoring/prometheus_rules.py [--check]
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from generated_files import write_or_check

HERE = Path(__file__).parent
RULES = HERE / "rules"
OBJECTS = HERE.parent / "k8s" / "components" / "monitoring" / "rules"


def wrap_rules(path: Path) -> str:
    """The object that holds a rule file's groups, comments included."""
    return (
        "# Made by `make docs` from deploy/monitoring/rules; edit that.\n"
        "apiVersion: monitoring.coreos.com/v1\n"
        "kind: PrometheusRule\n"
        "metadata:\n"
        f"  name: lectern-{path.stem}\n"
        "spec:\n" + textwrap.indent(path.read_text(), "  ")
    )


def write_kustomization(paths: list[Path]) -> str:
    """The component's list of these objects."""
    lines = "".join(f"  - {path.name}\n" for path in paths)
    return (
        "# Made by `make docs` from deploy/monitoring/rules; edit that.\n"
        f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{lines}"
    )


def write_objects() -> dict[Path, str]:
    """What each file of the component should hold."""
    paths = sorted(RULES.glob("*.yaml"))
    wanted = {OBJECTS / path.name: wrap_rules(path) for path in paths}
    return {**wanted, OBJECTS / "kustomization.yaml": write_kustomization(paths)}


def main() -> int:
    """Writes the files, or with `--check` returns 1 when one is stale."""
    return write_or_check(write_objects(), "run `make docs`")


if __name__ == "__main__":
    sys.exit(main())
