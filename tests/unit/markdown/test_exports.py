"""The public names of lectern.markdown are those in `__all__`, and other packages import no submodule but its limits."""

from __future__ import annotations

from inspect import ismodule
from pathlib import Path

import lectern.markdown

ROOT = Path(__file__).parents[3]


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.markdown.__all__
    values = vars(lectern.markdown).items()
    assert set(names) == {name for name, value in values if not name.startswith("_") and not ismodule(value)}
    assert len(names) == len(set(names))


def test_other_packages_import_no_submodule() -> None:
    own = ROOT / "libs/markdown"
    offenders = [
        str(path.relative_to(ROOT))
        for place in ("libs", "services")
        for path in (ROOT / place).rglob("*.py")
        if not path.is_relative_to(own) and "from lectern.markdown." in path.read_text(encoding="utf-8")
    ]
    assert offenders == [], "export what is needed from lectern.markdown instead"
