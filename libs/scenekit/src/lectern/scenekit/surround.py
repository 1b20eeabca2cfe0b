"""What a film has around its scenes, as a job says it: ground, opening, closing, and a brand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cards import Closing, draw_closing, draw_logo, draw_opening
from .findings import Finding
from .front import Layer


@dataclass(frozen=True, kw_only=True, slots=True)
class Surround:
    """The field `surround` of `job.json`.

    `opening` is the question on the first picture, "" for none. `colours` are a brand's by the palette's names, `font`
    its font, `logo` the name of its picture among the assets. `script` (ISO 15924) is that of the film's words, ""
    where it decides no shapes. Plain manim code stands on a plain ground.
    """

    ground: str = "glow"
    opening: str = ""
    closing: Closing | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    font: str = ""
    logo: str = ""
    script: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Surround:
        """Read the field. Raises KeyError or TypeError naming what is wrong."""
        closing = fields.get("closing")
        return cls(
            ground=fields.get("ground") or "glow",
            opening=fields.get("opening", ""),
            closing=Closing(idea=closing["idea"], sources=tuple(closing["sources"]), start=closing["start"])
            if closing
            else None,
            colours=dict(fields.get("colours", {})),
            font=fields.get("font", ""),
            logo=fields.get("logo", ""),
            script=fields.get("script", ""),
        )


def draw_layers(
    surround: Surround, assets: Path, *, seconds: float, report: Callable[[Finding], None]
) -> Sequence[Layer]:
    """Draw what lies in front of a scene of `seconds` seconds. A logo that is no picture is reported and left out."""
    layers = []
    if surround.logo:
        try:
            layers.append(draw_logo(assets / surround.logo))
        except ValueError as error:
            remedy = "upload it again as PNG, JPEG or WebP"
            report(Finding(rule="logo-unusable", level="warning", message=f"{error}; the film has none: {remedy}"))
    if surround.opening:
        layers.append(draw_opening(surround.opening, seconds))
    if surround.closing:
        layers.append(draw_closing(surround.closing))
    return layers
