"""The public surface of lectern.llm is what `__all__` lists, and nobody imports past it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lectern import llm

ROOT = Path(__file__).parents[3]
OWN = (ROOT / "libs/llm", ROOT / "tests/unit/llm", ROOT / "tests/rules")  # the last plays a model of its own


def public_names() -> set[str]:
    tree = ast.parse(Path(llm.__file__).read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def test_all_lists_exactly_the_names_that_the_package_imports() -> None:
    assert set(llm.__all__) == public_names()


@pytest.mark.parametrize("name", llm.__all__)
def test_every_listed_name_exists(name: str) -> None:
    assert hasattr(llm, name)


def test_no_other_package_imports_a_submodule() -> None:
    offenders = []
    for folder in ("libs", "services", "tests", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            if not any(path.is_relative_to(own) for own in OWN) and "lectern.llm." in path.read_text(encoding="utf-8"):
                offenders.append(str(path.relative_to(ROOT)))
    assert offenders == [], "import from lectern.llm itself"
