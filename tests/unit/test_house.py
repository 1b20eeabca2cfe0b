"""The house rules that a machine can check: anatomy, names, sizes."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
MODULES = sorted(path for place in ("libs", "services") for path in (ROOT / place).glob("*/src/**/*.py"))

LONGEST_MODULE = 400  # lines; few should come near
VERBS_IN_ED = {"need", "feed", "embed", "seed", "speed", "proceed", "exceed"}

# A visual of the script and the drawing of it are the same thing on both sides of the sandbox, which scenekit's public
# names keep; and what scenekit reports there is what the contract says of it.
SHARED_NAMES = {
    "Bullets",
    "Chart",
    "CodeListing",
    "Comparison",
    "Equation",
    "Flow",
    "Timeline",
    "Finding",
    "BeatMeasure",
}


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[1]


def definitions(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[Path, ast.AST]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield path, node


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["__main__.py", "app.py", "settings.py", "deps.py", "handlers"])
def test_every_service_has_the_same_anatomy(service: str, role: str) -> None:
    folder = ROOT / "services" / service / "src" / "lectern" / service
    assert (folder / role).exists() or (folder / f"{role}.py").exists(), f"docs/architecture.md names {role} for each"
    assert (ROOT / "services" / service / "README.md").exists()


def test_no_class_name_means_two_things() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for path, node in definitions(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        if not node.name.startswith("_"):
            places[node.name].add(package_of(path))
    recurring = {name: sorted(where) for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in recurring.items() if name not in SHARED_NAMES} == {}


def test_functions_are_verbs_not_bare_participles() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in definitions((ast.FunctionDef, ast.AsyncFunctionDef))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
        and re.fullmatch(r"_*([a-z]+ed)", node.name)
        and node.name.strip("_") not in VERBS_IN_ED
    ]
    assert found == []


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}
