"""What a scene shows, listed in one walk. Manim lists the parts of a thing anew for each part of a list of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import manim.camera.camera
import manim.camera.three_d_camera
import manim.scene.moving_camera_scene
import manim.scene.scene
from manim import Mobject

from .patching import patch_attribute

LISTING_MODULES = (
    manim.camera.camera,
    manim.camera.three_d_camera,
    manim.scene.moving_camera_scene,
    manim.scene.scene,
)
"""Modules of manim that call `extract_mobject_family_members` by a name of their own."""
DECIDING = ("get_family", "_iter_family", "family_members_with_points", "get_num_points")
"""What decides which parts a thing has: a class that has its own is asked by manim's way."""


@contextmanager
def quicken_families() -> Iterator[None]:
    """List things with their parts in one walk inside the block."""
    with ExitStack() as stack:
        listing = _quicken_listing(manim.scene.scene.extract_mobject_family_members)
        for module in LISTING_MODULES:
            stack.enter_context(patch_attribute(module, "extract_mobject_family_members", listing))
        yield


def _quicken_listing(plain: Callable[..., Any]) -> Callable[..., Any]:
    def extract_mobject_family_members(
        mobjects: Iterable[Any], use_z_index: bool = False, only_those_with_points: bool = False
    ) -> Any:
        things = list(mobjects)
        found: list[Any] = []
        try:
            for each in things:
                _walk(each, found)
        except RecursionError:  # something is a part of itself
            return plain(things, use_z_index, only_those_with_points)
        if not all(map(_is_plain, set(map(type, found)))):
            return plain(things, use_z_index, only_those_with_points)
        if only_those_with_points:
            found = [each for each in found if len(each.points)]
        if len(set(found)) < len(found):  # manim keeps the last of those that occur twice
            found = list(dict.fromkeys(reversed(found)))[::-1]
        return sorted(found, key=lambda each: each.z_index) if use_z_index else found

    return extract_mobject_family_members


def _walk(thing: Any, found: list[Any]) -> None:
    found.append(thing)
    for each in thing.submobjects:
        if each.submobjects:
            _walk(each, found)
        else:
            found.append(each)


def _is_plain(kind: type) -> bool:
    return all(getattr(kind, name, None) is getattr(Mobject, name, None) for name in DECIDING)
