"""The kit exports what it lists: all of manim and its own names."""

from __future__ import annotations

from importlib import import_module

import manim
import pytest

import lectern.scenekit as kit


def test_all_is_what_manim_and_the_kit_export() -> None:
    names = kit.__all__
    assert len(names) == len(set(names))
    assert set(names) == {name for name in vars(manim) if not name.startswith("_")} | set(kit.kit_names())
    assert [name for name in names if not hasattr(kit, name)] == []


@pytest.mark.parametrize("module", list(kit.KIT))
def test_each_name_is_defined_in_the_module_that_the_table_gives(module: str) -> None:
    home = f"lectern.scenekit.{module}"
    for name in kit.KIT[module]:
        value = getattr(import_module(home), name)
        assert getattr(value, "__module__", home) == home


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no 'Sphinx'"):
        kit.Sphinx  # noqa: B018
