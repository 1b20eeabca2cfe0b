# mypy: disallow-subclassing-any=False
"""Light and shadow: what makes flat things stand in a room."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import DOWN, RIGHT, Circle, Mobject, VGroup, VMobject

from .style import theme

RINGS = 16
"""Discs that a glow is made of: with fewer their edges are seen."""
GLOW_OPACITY = 0.6
"""Of the light where it leaves the thing."""
SHADOW_OPACITY, LIGHT_SHADOW_OPACITY = 0.45, 0.16
"""Of the whole shadow, on a dark and on a light background."""
SHADOW_LAYERS = 8


def glow(thing: Mobject, color: Any = None, size: float = 1.8) -> VGroup:
    """Light around `thing`, `size` times as wide: `glow(sun)`. Show it before the thing: `self.add(glow(sun), sun)`.

    It moves with the thing by itself. `color` is the thing's own unless given.
    """
    light = theme.fill.sun if color is None and not isinstance(thing, VMobject) else color
    if light is None:
        light = _find_color(thing)
    reach = max(thing.width, thing.height) / 2
    rings = VGroup()
    for number in range(RINGS):
        share = 1 - number / RINGS
        disc = Circle(reach * (1 + (size - 1) * share), stroke_width=0, fill_color=light)
        rings.add(disc.set_fill(opacity=1 - (1 - GLOW_OPACITY) ** (2 * (1 - share) / RINGS + 0.3 / RINGS)))
    rings.move_to(thing)
    rings.add_updater(lambda each: _follow(each, thing))
    rings.set_z_index(thing.z_index - 1)
    return rings


def soft_shadow(card: VMobject, depth: float = 0.16) -> VGroup:
    """A soft shadow under a card, `depth` units deep: `self.add(soft_shadow(card), card)`. It moves with the card."""
    shadow = VGroup()
    whole = SHADOW_OPACITY if theme.dark else LIGHT_SHADOW_OPACITY
    opacity = 1 - (1 - whole) ** (1 / SHADOW_LAYERS)
    for number in range(SHADOW_LAYERS):
        reach = depth * (2 * number / SHADOW_LAYERS - 0.6)
        layer = card.copy().set_stroke(width=0).set_fill("#000000", opacity)
        layer.stretch_to_fit_width(card.width + reach).stretch_to_fit_height(card.height + reach)
        shadow.add(layer.shift((DOWN + 0.35 * RIGHT) * depth * 0.5))
    offset = np.array(shadow.get_center()) - card.get_center()
    shadow.add_updater(lambda each: _follow(each, card, offset))
    shadow.set_z_index(card.z_index - 1)
    return shadow


def _find_color(thing: Mobject) -> Any:
    """Return the fill of the largest part that has one."""
    filled = [part for part in thing.family_members_with_points() if part.get_fill_opacity() > 0]
    parts = filled or thing.family_members_with_points()
    return max(parts, key=lambda part: part.width * part.height).get_color() if parts else theme.fill.sun


def _follow(group: VGroup, thing: Mobject, offset: Any = 0.0) -> None:
    shift = np.array(thing.get_center()) + offset - group.get_center()
    if np.abs(shift).max() > 1e-9:
        group.shift(shift)
