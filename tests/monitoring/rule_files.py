"""The alerts and rules of deploy/monitoring, and the programs that try them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
RULE_FILES = sorted((ROOT / "deploy" / "monitoring" / "rules").glob("*.yaml"))
UNPACKED = ROOT / ".venv" / "system" / "usr" / "bin"  # where `scripts/setup monitoring` puts them


def list_rules(path: Path) -> list[dict[str, Any]]:
    """The rules of a file, in order."""
    groups = yaml.load(path.read_text(), yaml.CSafeLoader)["groups"]
    return [rule for group in groups for rule in group["rules"]]


def list_alerts(path: Path) -> list[dict[str, Any]]:
    """The alerts of a file, in order."""
    return [rule for rule in list_rules(path) if "alert" in rule]


def find_program(name: str) -> str:
    """Where a program of `scripts/setup monitoring` is; "" when it is not installed."""
    return shutil.which(name, path=str(UNPACKED)) or shutil.which(name) or ""
