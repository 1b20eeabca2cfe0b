"""How manim makes, colours, lists and places a shape, in fewer steps: the same shapes, in less time.

Where things are built anew in each frame, these few functions are called some thirty times for each arrow or dot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import manim.utils.space_ops as space
import numpy as np
from manim import BLACK, DEFAULT_STROKE_WIDTH, OUT, UL, CapStyleType, LineJointType, ManimColor, Mobject, VMobject
from manim.mobject.geometry.arc import TipableVMobject

from .patching import patch_attribute
from .quick_vectors import is_spot, measure, quicken_vectors

NUMBERS = (int, float, type(None))
POINTS_PER_CURVE = 4
SHARES = np.linspace(0, 1, POINTS_PER_CURVE)
"""Where the points of a straight line stand on it."""


@contextmanager
def quicken_shapes() -> Iterator[None]:
    """Use quicker forms of manim's smallest steps inside the block. What a subclass does its own way stays as it is."""
    with ExitStack() as stack:
        stack.enter_context(quicken_vectors())
        stack.enter_context(_quicken_parsing())
        for owner, method, change in (
            (ManimColor, "__init__", _quicken_color),
            (Mobject, "get_family", _quicken_family),
            (Mobject, "family_members_with_points", _quicken_members),
            (Mobject, "shift", _quicken_shift),
            (Mobject, "put_start_and_end_on", _quicken_ends),
            (VMobject, "__init__", _quicken_making),
            (VMobject, "update_rgbas_array", _quicken_painting),
            (TipableVMobject, "has_tip", _quicken_asking("tip")),
            (TipableVMobject, "has_start_tip", _quicken_asking("start_tip")),
        ):
            stack.enter_context(patch_attribute(owner, method, change(getattr(owner, method))))
        yield


@contextmanager
def _quicken_parsing() -> Iterator[None]:
    plain = ManimColor.__dict__["parse"]

    def parse(cls: Any, color: Any, alpha: float = 1.0) -> Any:
        if cls is ManimColor and type(color) is ManimColor:
            return color  # manim's copy would have the same numbers, and nobody changes a colour
        return plain.__func__(cls, color, alpha)

    ManimColor.parse = classmethod(parse)
    try:
        yield
    finally:
        ManimColor.parse = plain


def _quicken_color(plain: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Any, value: Any, alpha: float = 1.0) -> None:
        if type(value) is ManimColor:
            self._internal_value = value._internal_value
        elif is_spot(value):
            self._internal_value = np.array((*value.tolist(), alpha))
        else:
            plain(self, value, alpha)

    return __init__


def _quicken_family(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = Mobject._iter_family

    def collect(thing: Any, family: list[Any], above: set[Any]) -> bool:
        """Collect a thing and its parts; return False where only manim's way will do."""
        if type(thing)._iter_family is not own or thing in above:
            return False
        family.append(thing)
        if thing.submobjects:
            above.add(thing)
            if not all(collect(part, family, above) for part in thing.submobjects):
                return False
            above.remove(thing)
        return True

    def get_family(self: Any, recurse: bool = True) -> Any:
        if not self.submobjects and type(self)._iter_family is own:
            return [self]
        family: list[Any] = []
        if collect(self, family, set()) and len(set(family)) == len(family):
            return family
        return plain(self, recurse)

    return get_family


def _quicken_members(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = Mobject.get_num_points

    def family_members_with_points(self: Any) -> Any:
        family = self.get_family()
        if len(family) == 1 and family[0] is self and type(self).get_num_points is own:
            return family if len(self.points) else []
        return [each for each in family if each.get_num_points() > 0]

    return family_members_with_points


def _quicken_shift(plain: Callable[..., Any]) -> Callable[..., Any]:
    def shift(self: Any, *vectors: Any) -> Any:
        if len(vectors) != 1:
            return plain(self, *vectors)
        for each in self.family_members_with_points():
            moved = each.points.astype(np.float64)
            moved += vectors[0]
            each.points = moved
        return self

    return shift


def _quicken_ends(plain: Callable[..., Any]) -> Callable[..., Any]:
    def put_start_and_end_on(self: Any, start: Any, end: Any) -> Any:
        begins, ends = self.get_start_and_end()
        before, after = ends - begins, np.asarray(end) - np.asarray(start)
        if not (is_spot(before) and is_spot(after)):
            return plain(self, start, end)
        (a, b, c), (x, y, z) = before.tolist(), after.tolist()
        length = measure(a, b, c)
        if length == 0:
            return plain(self, start, end)
        across = b * z - c * y, c * x - a * z, a * y - b * x
        turned = measure(*across)
        axis = np.array(across) / turned if turned != 0 else OUT
        self.scale(np.float64(measure(x, y, z) / length), about_point=begins)
        self.rotate(space.angle_between_vectors(before, after), about_point=begins, axis=axis)
        self.shift(np.asarray(start) - begins)
        return self

    return put_start_and_end_on


def _quicken_making(plain: Callable[..., None]) -> Callable[..., None]:
    if plain is not VMobject._original__init__:  # it has defaults of somebody's
        return plain

    def __init__(
        self: Any,
        fill_color: Any = None,
        fill_opacity: float = 0.0,
        stroke_color: Any = None,
        stroke_opacity: float = 1.0,
        stroke_width: float = DEFAULT_STROKE_WIDTH,
        background_stroke_color: Any = BLACK,
        background_stroke_opacity: float = 1.0,
        background_stroke_width: float = 0,
        sheen_factor: float = 0.0,
        joint_type: Any = None,
        sheen_direction: Any = UL,
        close_new_points: bool = False,
        pre_function_handle_to_anchor_scale_factor: float = 0.01,
        make_smooth_after_applying_functions: bool = False,
        background_image: Any = None,
        shade_in_3d: bool = False,
        tolerance_for_point_equality: float = 1e-6,
        n_points_per_cubic_curve: int = POINTS_PER_CURVE,
        cap_style: Any = CapStyleType.AUTO,
        **kwargs: Any,
    ) -> None:
        self.fill_opacity, self.stroke_opacity, self.stroke_width = fill_opacity, stroke_opacity, stroke_width
        if background_stroke_color is not None:
            self.background_stroke_color = ManimColor(background_stroke_color)
        self.background_stroke_opacity = background_stroke_opacity
        self.background_stroke_width = background_stroke_width
        self.sheen_factor = sheen_factor
        self.joint_type = LineJointType.AUTO if joint_type is None else joint_type
        self.sheen_direction = sheen_direction
        self.close_new_points = close_new_points
        self.pre_function_handle_to_anchor_scale_factor = pre_function_handle_to_anchor_scale_factor
        self.make_smooth_after_applying_functions = make_smooth_after_applying_functions
        self.background_image = background_image
        self.shade_in_3d = shade_in_3d
        self.tolerance_for_point_equality = tolerance_for_point_equality
        self.n_points_per_cubic_curve = n_points_per_cubic_curve
        usual = n_points_per_cubic_curve == POINTS_PER_CURVE
        self._bezier_t_values = SHARES.copy() if usual else np.linspace(0, 1, n_points_per_cubic_curve)
        self.cap_style = cap_style
        super(VMobject, self).__init__(**kwargs)
        if fill_color is not None:
            self.fill_color = ManimColor.parse(fill_color)
        if stroke_color is not None:
            self.stroke_color = ManimColor.parse(stroke_color)

    return __init__


def _quicken_painting(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = VMobject.generate_rgbas_array

    def update_rgbas_array(self: Any, array_name: str, color: Any = None, opacity: Any = None) -> Any:
        kind = type(self)
        one = color is None or type(color) is ManimColor
        if kind.generate_rgbas_array is not own or not one or not isinstance(opacity, NUMBERS):
            return plain(self, array_name, color, opacity)
        colours = self.__dict__.get(array_name)
        if colours is None:
            if hasattr(kind, array_name):
                return plain(self, array_name, color, opacity)
            setattr(self, array_name, self.generate_rgbas_array(color, opacity))
            return self
        if type(colours) is not np.ndarray or len(colours) != 1 or self.get_sheen_factor() != 0:
            return plain(self, array_name, color, opacity)
        if color is not None:
            colours[0, :3] = color._internal_value[:3]
        if opacity is not None:
            colours[0, 3] = opacity
        return self

    return update_rgbas_array


def _quicken_asking(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def replace(plain: Callable[..., Any]) -> Callable[..., Any]:
        def has_tip(self: Any) -> Any:
            # manim asks by `hasattr`, which looks for names like get_tip before it finds that there is none
            return (name in self.__dict__ or hasattr(type(self), name)) and plain(self)

        return has_tip

    return replace
