"""The package exports what it lists, and nothing else."""

from __future__ import annotations

from inspect import ismodule

import lectern.tracing


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.tracing.__all__
    assert len(names) == len(set(names))
    public = {name for name, value in vars(lectern.tracing).items() if not name.startswith("_") and not ismodule(value)}
    assert set(names) == public
