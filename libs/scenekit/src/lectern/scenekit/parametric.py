# mypy: disallow-subclassing-any=False
"""Things that are drawn from a few numbers and move by changing them; and parts that join a thing when they appear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from manim import Animation, AnimationGroup, Scene, VGroup
from manim.utils.rate_functions import smooth


class Parametric(VGroup):
    """A thing that is drawn from numbers, its attributes. `redraw` moves the points it has, and builds nothing."""

    def redraw(self) -> None:
        """Move the points to where the numbers want them."""
        raise NotImplementedError

    def change(self, run_time: float = 1.5, **numbers: float) -> Animation:
        """Animate numbers of this thing to new values."""
        return ChangeNumbers(self, numbers, run_time=run_time)


class ChangeNumbers(Animation):
    """The numbers of a parametric thing run from what they are to new values; it is redrawn from them."""

    def __init__(
        self, thing: Parametric, numbers: dict[str, float], *, run_time: float = 1.5, rate_func: Any = smooth
    ) -> None:
        super().__init__(thing, run_time=run_time, rate_func=rate_func, suspend_mobject_updating=False)
        self.numbers = numbers
        self.before: dict[str, float] = {}

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.before = {name: float(getattr(self.mobject, name)) for name in self.numbers}
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for name, value in self.numbers.items():
            setattr(self.mobject, name, (1 - share) * self.before[name] + share * value)
        self.mobject.redraw()


class Enter(AnimationGroup):
    """Animations that bring the parts of `whole` on screen: it is there as one thing from their beginning."""

    def __init__(self, whole: VGroup, *animations: Animation, **kwargs: Any) -> None:
        super().__init__(*animations, introducer=True, **kwargs)
        self.whole = whole

    def _setup_scene(self, scene: Scene) -> None:
        super()._setup_scene(scene)
        if self.whole not in scene.get_mobject_family_members():
            scene.add(self.whole)  # in place of those of its parts that have been added


class Join(AnimationGroup):
    """Animations that bring a new part of `whole` on screen: from then on it belongs to it, and moves with it."""

    def __init__(self, whole: VGroup, part: Any, *animations: Animation, behind: bool = False, **kwargs: Any) -> None:
        super().__init__(*animations, introducer=True, **kwargs)
        self.whole, self.part, self.behind = whole, part, behind

    def _setup_scene(self, scene: Scene) -> None:
        shown = scene.get_mobject_family_members()
        if self.part not in shown:
            if self.whole in shown and not self._is_whole_animated(scene):
                self._add_part()
            else:
                scene.add(self.part)
        super()._setup_scene(scene)

    def _is_whole_animated(self, scene: Scene) -> bool:
        """Return whether an animation holds a copy of the whole, to which nothing may be added meanwhile."""
        return any(each.mobject is self.whole for each in flatten_animations(scene.animations or []))

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        if self.part in scene.mobjects and self.whole in scene.get_mobject_family_members():
            scene.remove(self.part)
            self._add_part()

    def _add_part(self) -> None:
        if self.behind:
            self.whole.add_to_back(self.part)
        else:
            self.whole.add(self.part)


def flatten_animations(animations: list[Animation]) -> Iterator[Animation]:
    """Go through animations and those inside groups."""
    for each in animations:
        yield each
        if isinstance(each, AnimationGroup):
            yield from flatten_animations(each.animations)
