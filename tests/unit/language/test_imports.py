"""Natural language has one home: no other package uses the libraries behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("src/**/*.py")]


@pytest.mark.parametrize("library", ["langcodes", "sentencex", "snowballstemmer", "slugify"])
def test_only_the_language_package_imports_a_language_library(library: str) -> None:
    imports = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    users = {path for path in SOURCES if imports.search(path.read_text(encoding="utf-8"))}
    assert users
    assert all(path.is_relative_to(ROOT / "libs" / "language") for path in users)
