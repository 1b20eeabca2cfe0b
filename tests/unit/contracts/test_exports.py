"""Each module of the contracts says what it exports, and exports exactly that."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

import pytest

import lectern.contracts

MODULES = [
    importlib.import_module(f"lectern.contracts.{info.name}")
    for info in pkgutil.iter_modules(lectern.contracts.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_all_lists_what_the_module_defines(module: ModuleType) -> None:
    defined = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, TypeVar)
        and getattr(value, "__module__", "") == module.__name__
    }
    assert defined <= set(module.__all__), f"missing from __all__: {sorted(defined - set(module.__all__))}"
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
