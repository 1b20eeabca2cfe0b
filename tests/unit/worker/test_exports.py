"""The public surface of the worker: what others import is what `__all__` lists."""

from __future__ import annotations

import re
from pathlib import Path

import lectern.worker

ROOT = Path(__file__).parents[3]
SUBMODULE = re.compile(r"^\s*(?:from|import) lectern\.worker\.(?!testing)(\w+)", re.MULTILINE)


def test_all_is_sorted_and_exists() -> None:
    names = lectern.worker.__all__
    assert [name for name in names if not hasattr(lectern.worker, name)] == []
    assert len(names) == len(set(names))


def test_services_and_libraries_import_no_submodule() -> None:
    reached = {
        str(path.relative_to(ROOT)): found
        for place in ("libs", "services")
        for path in (ROOT / place).rglob("*.py")
        if "worker" not in path.relative_to(ROOT).parts[1] and (found := SUBMODULE.findall(path.read_text()))
    }
    assert reached == {}, "export what is needed instead"
