"""Names of a formula's parts: beside their part, inside the frame, clear of each other and of their lines."""

from __future__ import annotations

import itertools

import pytest

from lectern.scenekit import Equation
from lectern.scenekit.formula_names import PartName
from lectern.scenekit.layout import frame

pytestmark = pytest.mark.slow


def name_all(formula: str, **names: str) -> list[PartName]:
    equation = Equation(formula, size=80)
    for part, text in names.items():
        equation.explain(part, text)
    return equation.names


def test_a_name_stands_over_its_part_with_a_line_to_it() -> None:
    equation = Equation("F = m a", size=80)
    equation.explain("m", "mass")
    (name,) = equation.names
    assert name.label.get_x() == pytest.approx(equation.part("m").get_x())
    assert name.label.get_top()[1] < name.line.get_end()[1] < name.line.get_start()[1] <= equation.get_bottom()[1] + 0.2


@pytest.mark.parametrize(
    "names",
    [
        {"F": "force", "m": "mass", "a": "acceleration"},
        {"a": "acceleration", "m": "mass", "F": "force"},
        {"m": "a mass at rest", "a": "acceleration of it", "F": "a constant force"},
    ],
)
def test_names_touch_neither_each_other_nor_the_formula_nor_a_line(names: dict[str, str]) -> None:
    found = name_all("F = m a", **names)
    assert not any(one.hits([other]) for one, other in itertools.combinations(found, 2))
    for name in found:
        assert (
            frame.body.left - 0.01 <= name.label.get_left()[0] <= name.label.get_right()[0] <= frame.body.right + 0.01
        )


def test_a_part_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="no formula contains 'q'"):
        Equation("F = m a").explain("q", "charge")
