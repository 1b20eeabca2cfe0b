"""Some of manim's own functions, computed for a whole shape at once: the same numbers, in less time.

They come first in profiles of scenes whose things are built anew in each frame: tangents, arrows, numbers, copies.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from pathlib import PosixPath
from types import FunctionType
from typing import Any

import numpy as np
from manim import CapStyleType, LineJointType, ManimColor, MarkupText, Mobject, SVGMobject, Text, VMobject
from manim.utils.bezier import bezier
from svgelements import Path  # type: ignore[import-untyped]

from .letter_groups import LetterGroups
from .patching import patch_attribute
from .quick_numbers import quicken_numbers
from .quick_shapes import quicken_shapes
from .quick_wiggling import quicken_wiggling

SAMPLES = 10
"""Points on a curve between which manim measures its length, unless it is told a number."""
SHARES = np.linspace(0, 1, SAMPLES)[:, np.newaxis]
STEPS = np.diff(np.hstack([math.comb(3, k) * SHARES**k * (1 - SHARES) ** (3 - k) for k in range(4)]), axis=0)
"""What a cubic curve's points are multiplied by for the steps between its samples."""
MOST_KEPT_TEXTS = 300
"""A text of twenty letters takes about 100 kB."""
MISSING = object()
UNCHANGING = frozenset(
    (int, float, np.float64, bool, str, type(None), ManimColor, FunctionType, LineJointType, CapStyleType, PosixPath)
)
"""Kinds of values that a copy shares with what it was made from, without being asked."""


@contextmanager
def quicken_manim() -> Iterator[None]:
    """Use quicker forms of manim's functions inside the block. What a subclass does its own way stays as it is."""
    with ExitStack() as stack:
        stack.enter_context(quicken_numbers())
        stack.enter_context(quicken_shapes())
        stack.enter_context(quicken_wiggling())
        for kind in (ManimColor, Path):
            stack.enter_context(_share_in_copies(kind))
        stack.enter_context(patch_attribute(Mobject, "update", update))
        stack.enter_context(patch_attribute(Mobject, "__deepcopy__", copy_thing))
        for owner, name, replace in (
            (Mobject, "get_critical_point", _quicken_critical_point),
            (VMobject, "get_points_defining_boundary", _quicken_boundary),
            (VMobject, "get_curve_functions_with_lengths", _quicken_lengths),
            (SVGMobject, "generate_mobject", _quicken_letters),
        ):
            stack.enter_context(patch_attribute(owner, name, replace(getattr(owner, name))))
        yield


@contextmanager
def _share_in_copies(kind: type) -> Iterator[None]:
    """Let copies share values of a kind that nobody changes: colours, and the outlines that letters were made from."""
    before = kind.__dict__.get("__deepcopy__", MISSING)
    kind.__deepcopy__ = lambda self, _: self  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if before is MISSING:
            del kind.__deepcopy__  # type: ignore[attr-defined]
        else:
            kind.__deepcopy__ = before  # type: ignore[attr-defined]


def update(self: Any, dt: float = 0, recursive: bool = True) -> Any:
    """Apply all updaters, as `Mobject.update` does."""
    if self.updating_suspended:
        return self
    for updater in self.updaters:
        if takes_dt(updater):
            updater(self, dt)
        else:
            updater(self)
    if recursive:
        for submob in self.submobjects:
            submob.update(dt, recursive=recursive)
    return self


def copy_thing(self: Mobject, memo: dict[int, Any]) -> Any:
    """Copy a thing with its parts, as `Mobject.__deepcopy__` does."""
    kind: Any = type(self)
    result: Any = object.__new__(kind)
    memo[id(self)] = result
    changing = [(name, value) for name, value in self.__dict__.items() if type(value) not in UNCHANGING]
    if kind.__setattr__ is object.__setattr__:
        own = result.__dict__
        own.update(self.__dict__)
        for name, value in changing:
            if name != "background_image":  # what colours a shape is never painted over
                own[name] = _copy_value(value, memo)
    else:
        copied = {name: _copy_value(value, memo) for name, value in changing if name != "background_image"}
        for name, value in self.__dict__.items():
            setattr(result, name, copied.get(name, value))
    result.original_id = str(id(self))
    return result


def _copy_value(value: Any, memo: dict[int, Any]) -> Any:
    """Copy a value, as `deepcopy` does: most are arrays, parts of a thing, and lists and tables of those."""
    form = type(value)
    if form in UNCHANGING:
        return value
    if (known := memo.get(id(value))) is not None:
        return known
    copied: Any
    if form is np.ndarray and not value.dtype.hasobject:
        copied = memo[id(value)] = value.copy("K")
    elif form is list:
        copied = memo[id(value)] = []
        copied += [_copy_value(part, memo) for part in value]
    elif form is dict:
        copied = memo[id(value)] = {}
        copied |= {_copy_value(key, memo): _copy_value(part, memo) for key, part in value.items()}
    elif getattr(form, "__deepcopy__", None) is copy_thing:
        copied = copy_thing(value, memo)
    else:
        copied = deepcopy(value, memo)
    return copied


def takes_dt(updater: Callable[..., Any]) -> bool:
    """Return whether a function has a parameter `dt`, as its signature says."""
    if type(updater) is FunctionType and not updater.__dict__:  # nothing wraps it or gives it another signature
        code = updater.__code__
        flags = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
        return "dt" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + flags]
    return "dt" in inspect.signature(updater).parameters


def _quicken_critical_point(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = Mobject.get_extremum_along_dim

    def get_critical_point(self: Any, direction: Any) -> Any:
        if type(self).get_extremum_along_dim is not own or self.dim != 3:
            return plain(self, direction)
        points = self.get_points_defining_boundary()
        if len(points) == 0:
            return np.zeros(self.dim)
        ends = zip(np.minimum.reduce(points).tolist(), np.maximum.reduce(points).tolist(), direction, strict=False)
        return np.array([low if key < 0 else (low + high) / 2 if key == 0 else high for low, high, key in ends])

    return get_critical_point


def _quicken_boundary(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = VMobject.get_anchors

    def get_points_defining_boundary(self: Any) -> Any:
        anchors = []
        for part in self.get_family() if self.submobjects else (self,):
            points = part.points
            if getattr(type(part), "get_anchors", None) is not own or (len(points) % 4 and len(points) != 1):
                return plain(self)
            if len(points) > 1:
                points = points.reshape(-1, 4, points.shape[1])[:, ::3].reshape(-1, points.shape[1])
            if len(points):
                anchors.append(points)
        if len(anchors) == 1 and len(anchors[0]) > 1:
            return anchors[0]
        return np.concatenate(anchors) if anchors else np.array(())

    return get_points_defining_boundary


def _quicken_lengths(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = VMobject.get_nth_curve_function_with_length, VMobject.get_nth_curve_function

    def get_curve_functions_with_lengths(self: Any, **kwargs: Any) -> Iterable[tuple[Callable[..., Any], float]]:
        kind = type(self)
        if kwargs or (kind.get_nth_curve_function_with_length, kind.get_nth_curve_function) != own:
            return plain(self, **kwargs)  # type: ignore[no-any-return]
        count = self.get_num_curves()
        curves = self.points[: 4 * count].reshape(count, 4, -1)
        steps = STEPS @ curves
        lengths = np.sqrt((steps * steps).sum(axis=2)).sum(axis=1)
        return zip(map(bezier, curves), lengths, strict=True)

    return get_curve_functions_with_lengths


def _quicken_letters(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the letters of each text: both passes set it, and many set it anew in each frame."""
    kept: dict[tuple[str, ...], Any] = {}

    def generate_mobject(self: Any) -> Any:
        if type(self).generate_mobject is not generate_mobject or not isinstance(self, Text | MarkupText):
            return plain(self)
        key = tuple(map(repr, self.hash_seed))  # a text's file is named after all that decides its letters
        if key in kept:
            letters, self.id_to_vgroup_dict = deepcopy(kept[key])
            self.add(*letters)
            return self
        plain(self)
        self.id_to_vgroup_dict = LetterGroups.read(self.id_to_vgroup_dict)
        if len(kept) < MOST_KEPT_TEXTS:
            kept[key] = deepcopy((self.submobjects, self.id_to_vgroup_dict))
        return self

    return generate_mobject
