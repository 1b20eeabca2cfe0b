"""The package exports what it lists, and imports nothing of ours and nothing that draws."""

from __future__ import annotations

import subprocess
import sys
from inspect import ismodule

import lectern.things


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.things.__all__
    assert len(names) == len(set(names))
    public = {name for name, value in vars(lectern.things).items() if not name.startswith("_") and not ismodule(value)}
    assert set(names) == public - {"annotations"}


def test_a_thing_is_read_without_any_other_package() -> None:
    code = (
        "import sys; before = set(sys.modules); import lectern.things as t; t.read_thing('leaf'); "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - sys.stdlib_module_names - {'lectern'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
