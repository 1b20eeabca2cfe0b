"""Runbooks say what they must, and every command and query in them exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import typer
import yaml
from monitoring.rule_files import ROOT, RULE_FILES, list_alerts
from monitoring.test_rule_names import find_selectors, find_unknown

from lectern.cli.app import app

FOLDER = ROOT / "docs" / "runbooks"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
SECTIONS = [
    "Meaning",
    "What users notice",
    "Look at",
    "Likely causes",
    "What to do",
    "How to verify",
    "When to escalate",
]
KINDS = {
    "deploy": "Deployment",
    "statefulset": "StatefulSet",
    "scaledobject": "ScaledObject",
    "svc": "Service",
    "job": "Job",
}
ELSEWHERE = {"deploy/keda-operator"}  # of KEDA itself

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


def list_indented(page: Path) -> list[str]:
    """The lines of a page that are commands or queries."""
    return [line.strip() for line in page.read_text().splitlines() if re.match(r" {4,}\S", line)]


def list_commands(page: Path, program: str) -> list[str]:
    """Every command of a program: in a line of its own, or within the text."""
    quoted = re.findall(rf"`({program} [^`]+)`", page.read_text())
    return [*quoted, *(line for line in list_indented(page) if line.startswith(f"{program} "))]


def list_objects() -> set[tuple[str, str]]:
    """The kind and name of every object in deploy/k8s."""
    found = set()
    for path in (ROOT / "deploy" / "k8s").rglob("*.yaml"):
        for each in yaml.load_all(path.read_text(), yaml.CSafeLoader):
            if isinstance(each, dict) and "kind" in each:
                found.add((each["kind"], each.get("metadata", {}).get("name", "")))
    return found


OBJECTS = list_objects()
LECTERN = typer.main.get_command(app)
COMPONENTS = {
    component
    for path in (ROOT / "deploy" / "k8s").rglob("*.yaml")
    for component in re.findall(r"app.kubernetes.io/component: ([a-z]+)", path.read_text())
}


@each_page
def test_a_runbook_has_every_section_and_each_says_something(page: Path) -> None:
    parts = re.split(r"^## (.+)$", page.read_text(), flags=re.MULTILINE)

    assert parts[1::2] == SECTIONS
    assert all(len(text.strip()) > 5 for text in parts[2::2])


def test_there_is_a_runbook_for_each_alert_and_no_other() -> None:
    titles = {page.read_text().splitlines()[0].removeprefix("# ") for page in PAGES}

    assert titles == {alert["alert"] for path in RULE_FILES for alert in list_alerts(path)}


@each_page
def test_every_query_is_about_what_exists(page: Path) -> None:
    queries = [line for line in list_indented(page) if not re.match(r"(kubectl|lectern|curl) ", line)]
    for query in [*queries, *re.findall(r"`((?:sum|max|lectern_)[^`]*\([^`]+)`", page.read_text())]:
        selectors = list(find_selectors(promql_parser.parse(query)))
        assert selectors, query
        assert [find_unknown(selector) for selector in selectors] == [""] * len(selectors), query


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_every_lectern_command_exists(page: Path) -> None:
    for command in list_commands(page, "lectern"):
        find_command(shlex.split(command)[1:])


def find_command(words: list[str]) -> None:
    """Follows a command's words to what they name, and its options. Raises AssertionError when there is none."""
    current: Any = LECTERN
    options: set[str] = set()
    for word in words:
        if word.startswith("--"):
            options.add(word)
        elif hasattr(current, "commands"):
            found = current.commands.get(word.rstrip(",.;"))
            assert found, f"there is no `lectern {' '.join(words)}`"
            current = found
    assert options <= {option for parameter in current.params for option in parameter.opts}, words


def test_a_command_that_does_not_exist_is_found() -> None:
    for words in (["deads", "list"], ["dead", "lists"], ["status", "--all"]):
        with pytest.raises(AssertionError):
            find_command(words)


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_every_object_that_kubectl_is_told_of_is_deployed(page: Path) -> None:
    for command in list_commands(page, "kubectl"):
        assert command.startswith(("kubectl -n lectern ", "kubectl -n keda ")), command
        for kind, name in re.findall(r"\b(deploy|statefulset|scaledobject|svc|job)[/ ]([a-z][a-z-]*)", command):
            if f"{kind}/{name}" not in ELSEWHERE:
                assert (KINDS[kind], name) in OBJECTS, command
        for label in re.findall(r"component=([a-z]+)", command):
            assert label in COMPONENTS, command


def test_what_a_runbook_points_to_in_the_repository_exists() -> None:
    for page in PAGES:
        for path in re.findall(r"`((?:deploy|docs|examples)/[^` ]+)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"
