"""Places with names: the same picture composed side by side in a wide frame and one below the other in a tall one."""

from __future__ import annotations

from typing import Any

from .layout import Area, frame, resize
from .near_names import refuse_name

WIDE_GAP, TALL_GAP = 0.5, 0.35
"""Units between places beside each other, and below each other."""


class Stage:
    """Places of the frame by name: `stage = Stage(wide="left:2 right", tall="top bottom")`, then `stage["left"]`.

    Wide frames lay them out from left to right, tall ones from top to bottom; both lists name the same places in order,
    so "top" is "left". Numbers weigh. `fill(thing, stage["left"])`; `heading=False` takes the room of a Title as well.
    """

    def __init__(
        self, wide: str = "left right", tall: str = "", heading: bool = True, gap: float | None = None
    ) -> None:
        across, down = _read_places(wide), _read_places(tall or wide)
        if len(across) != len(down):
            raise ValueError(
                f"Stage(wide={wide!r}, tall={tall!r}): both lists name the same places in order, so they must be "
                f"equally long, not {len(across)} and {len(down)}"
            )
        whole = frame.body if heading else frame.safe
        upright = _lay_down(down, whole, TALL_GAP if gap is None else gap)
        level = _lay_across(across, whole, WIDE_GAP if gap is None else gap)
        self.tall = frame.portrait or (not frame.landscape and _find_tightest(upright) > _find_tightest(level))
        areas = upright if self.tall else level
        self.areas = tuple(areas)
        names = [*zip(across, areas, strict=True), *zip(down, areas, strict=True)]
        self._places = {name: area for (name, _), area in names}

    def __getitem__(self, name: str) -> Area:
        """Return the place called `name`. Raises KeyError with similar names."""
        if name not in self._places:
            raise refuse_name("place", name, self._places)
        return self._places[name]

    def __iter__(self) -> Any:
        return iter(self.areas)

    def __len__(self) -> int:
        return len(self.areas)


def fill(thing: Any, area: Area | None = None, share: float = 1.0) -> Any:
    """Scale `thing` up or down until it fills `area` (by default `frame.body`), or `share` of it, and centre it there.

    `fill(graph, stage["left"])`. Its proportions and the width of its lines stay. Returns the thing.
    """
    area = frame.body if area is None else area
    width, height = thing.width, thing.height
    ratios = [side * share / size for side, size in ((area.width, width), (area.height, height)) if size > 1e-6]
    if ratios:
        resize(thing, min(ratios))
    return thing.move_to(area.center)


def _read_places(text: str) -> list[tuple[str, float]]:
    """Read "left:2 right" as names with weights. Raises ValueError."""
    places: list[tuple[str, float]] = []
    for part in text.split():
        name, _, weight = part.partition(":")
        try:
            places.append((name, float(weight or 1.0)))
        except ValueError:
            raise ValueError(
                f'Stage: {part!r} is no place; write "left right" or, with weights, "left:2 right"'
            ) from None
        if not name or not places[-1][1] > 0:
            raise ValueError(f'Stage: {part!r} is no place; write "left right" or, with weights, "left:2 right"')
    if not places:
        raise ValueError('Stage needs places: Stage(wide="left right", tall="top bottom")')
    names = [name for name, _ in places]
    if len(set(names)) < len(names):
        raise ValueError(f"Stage: a place is named twice in {text!r}")
    return places


def _lay_across(places: list[tuple[str, float]], whole: Area, gap: float) -> list[Area]:
    room = whole.width - gap * (len(places) - 1)
    unit, left, areas = room / sum(weight for _, weight in places), whole.left, []
    for _, weight in places:
        areas.append(Area(left=left, right=left + weight * unit, bottom=whole.bottom, top=whole.top))
        left += weight * unit + gap
    return areas


def _lay_down(places: list[tuple[str, float]], whole: Area, gap: float) -> list[Area]:
    room = whole.height - gap * (len(places) - 1)
    unit, top, areas = room / sum(weight for _, weight in places), whole.top, []
    for _, weight in places:
        areas.append(Area(left=whole.left, right=whole.right, bottom=top - weight * unit, top=top))
        top -= weight * unit + gap
    return areas


def _find_tightest(areas: list[Area]) -> float:
    """Return the shortest side of all areas, in units."""
    return min(min(area.width, area.height) for area in areas)
