"""Natural language has one home: no other package uses the libraries behind it.

The names of things are the exception: the sandbox looks them up, and needs English stems and no more.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOMES = {"snowballstemmer": ("language", "things")}
SOURCES = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("src/**/*.py")]


@pytest.mark.parametrize("library", ["langcodes", "sentencex", "snowballstemmer", "slugify"])
def test_only_the_language_package_imports_a_language_library(library: str) -> None:
    imports = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    users = {path for path in SOURCES if imports.search(path.read_text(encoding="utf-8"))}
    assert users
    homes = HOMES.get(library, ("language",))
    assert all(any(path.is_relative_to(ROOT / "libs" / home) for home in homes) for path in users)
