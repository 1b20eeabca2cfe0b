"""What a film has around its scenes: the question on its first picture, an end card, a ground, and a brand."""

from __future__ import annotations

import re
from typing import Any

from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Equation, Manim, Scene, Script
from lectern.language import tags

LOGO = "brand-logo"  # among the assets of a job; a document's images have a suffix
AFTER_WORD_SECONDS = 0.3  # until the end card comes
MATHEMATICAL_SHARE = 0.5  # of the scenes of a film that stands on squared paper
HAN_SCRIPTS = ("Hans", "Hant", "Jpan", "Kore")  # in which the same characters have other shapes
_FORMS = ("graph", "geometry", "derivation")
_DRAWN = re.compile(r"\b(Graph|NumberLine|NumberPlane|Axes|Equation|Fraction|Polygon)\(")


def describe_brand(options: VideoOptions) -> dict[str, Any]:
    """Describes the colours and font of the sender's brand, as far as there is one."""
    brand = options.brand
    return {"colours": brand.colours, "font": brand.font} if brand else {}


def describe_surround(script: Script, number: int, options: VideoOptions) -> dict[str, Any]:
    """Describes what scene `number` of a film has around it, but for when its end card comes."""
    around = {**describe_brand(options), "ground": choose_ground(script)}
    if (letters := tags.script(script.language)) in HAN_SCRIPTS:
        around["script"] = letters
    if options.brand and options.brand.logo_key:
        around["logo"] = LOGO
    if options.cards and number == 1:
        around["opening"] = script.opening
    if options.cards and script.closes_with(number):
        around["closing"] = {"idea": script.closing, "sources": script.sources}
    return around


def find_logo(options: VideoOptions) -> dict[str, str]:
    """Finds the key of the logo, by its name among a job's assets."""
    key = options.brand.logo_key if options.brand else ""
    return {LOGO: key} if key else {}


def time_closing(around: dict[str, Any], narration: Narration) -> dict[str, Any]:
    """Says when the end card comes: after the last word."""
    if "closing" not in around:
        return around
    spoken = max((word.end for word in narration.words), default=narration.seconds / 2)
    return {**around, "closing": {**around["closing"], "start": round(spoken + AFTER_WORD_SECONDS, 3)}}


def choose_ground(script: Script) -> str:
    """Chooses squared paper for a film that is mathematical in half of its scenes, else a glow."""
    found = sum(_is_mathematical(scene) for scene in script.scenes)
    return "grid" if found >= MATHEMATICAL_SHARE * len(script.scenes) else "glow"


def _is_mathematical(scene: Scene) -> bool:
    if isinstance(scene.visual, Manim):
        return bool(_DRAWN.search(scene.visual.source))
    return isinstance(scene.visual, Equation) or scene.plan.form in _FORMS
