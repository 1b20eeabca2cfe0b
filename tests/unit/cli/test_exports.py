"""The package exports exactly the names it lists."""

from __future__ import annotations

from inspect import ismodule

import lectern.cli.runner


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.cli.runner.__all__
    assert len(names) == len(set(names))
    public = {
        name for name, value in vars(lectern.cli.runner).items() if not name.startswith("_") and not ismodule(value)
    }
    assert set(names) == public
