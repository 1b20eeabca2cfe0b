"""The package exports what it lists, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from inspect import ismodule

import lectern.theme


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.theme.__all__
    assert len(names) == len(set(names))
    public = {name for name, value in vars(lectern.theme).items() if not name.startswith("_") and not ismodule(value)}
    assert set(names) == public - {"annotations"}


def test_the_package_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import lectern.theme; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - sys.stdlib_module_names - {'lectern'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
