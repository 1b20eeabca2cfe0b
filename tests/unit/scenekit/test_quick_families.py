"""What a scene shows is listed in one walk, as manim lists it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from manim import Circle, Dot, Mobject, Scene, Square, ValueTracker, VGroup
from manim.scene import scene as scene_module
from manim.utils.family import extract_mobject_family_members

from lectern.scenekit.quick_families import quicken_families


class Hidden(VGroup):
    """A group that keeps its parts to itself."""

    def _iter_family(self, active_path: Any) -> Any:
        yield self


class Uncounted(Circle):
    """A shape that says that it has no points."""

    def get_num_points(self) -> int:
        return 0


def _share() -> list[Mobject]:
    part, other = Circle(), Square()
    return [VGroup(part, VGroup(other, part)), part, VGroup(other), Dot()]


def _turn_in_circles() -> list[Mobject]:
    outer, inner = VGroup(Circle()), VGroup(Square())
    outer.submobjects.append(inner)
    inner.submobjects.append(outer)
    return [Dot(), outer]


def _layer() -> list[Mobject]:
    return [VGroup(Circle().set_z_index(2), Square()), Dot().set_z_index(1), ValueTracker(1)]


THINGS: dict[str, Callable[[], list[Mobject]]] = {
    "a group and its parts again": lambda: [group := VGroup(VGroup(Circle(), Dot()), Square()), *group.get_family()],
    "parts of two groups": _share,
    "a part of itself": _turn_in_circles,
    "layers": _layer,
    "its own parts": lambda: [VGroup(Hidden(Circle(), Square()), Dot())],
    "its own count of points": lambda: [VGroup(Uncounted(), Dot()), VGroup()],
    "nothing": list,
}


@pytest.mark.parametrize("things", THINGS.values(), ids=THINGS.keys())
@pytest.mark.parametrize("pointed", [False, True])
@pytest.mark.parametrize("layered", [False, True])
def test_the_same_things_are_listed_in_the_same_order(
    things: Callable[[], list[Mobject]], pointed: bool, layered: bool
) -> None:
    shown = things()
    expected = extract_mobject_family_members(shown, layered, pointed)
    with quicken_families():
        assert scene_module.extract_mobject_family_members is not extract_mobject_family_members
        found = scene_module.extract_mobject_family_members(iter(shown), layered, pointed)
    assert list(map(id, found)) == list(map(id, expected))


def test_a_list_of_parts_is_walked_and_not_listed_anew_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    group = VGroup(*(Dot() for _ in range(50)))
    scene = Scene()
    scene.add(group)
    calls = []
    plain = Mobject._iter_family
    monkeypatch.setattr(Mobject, "_iter_family", lambda self, path: calls.append(self) or plain(self, path))
    with quicken_families():
        assert len(scene.camera.get_mobjects_to_display(group.get_family())) == 50
        calls.clear()
        scene.camera.get_mobjects_to_display(group.submobjects)
    assert calls == []
