"""The vocabulary of scene code: narrated scenes, layouts, the theme and ready-made visuals, on top of manim.

`from lectern.scenekit import *` imports all of manim and the kit. Importing the package itself is cheap: manim is
imported when the first name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

KIT = {
    "scene": ("NarratedScene", "NarratedThreeDScene", "NarratedMovingCameraScene", "Narrated"),
    "style": ("theme",),
    "depth": ("glow", "soft_shadow"),
    "layout": ("frame", "stack", "row", "columns", "fit", "place"),
    "stage": ("Stage", "fill"),
    "labels": ("Title", "TitleCard", "Label", "Caption"),
    "number": ("Number",),
    "bullets": ("Bullets",),
    "flow": ("Flow", "Box", "link"),
    "equation": ("Equation",),
    "chart": ("Chart",),
    "maths.graph": ("Graph",),
    "maths.number_line": ("CountingLine",),
    "maths.fraction": ("Fraction", "UnitSquares", "brace"),
    "maths.sets": ("Sets",),
    "maths.probability": ("ProbabilityTree",),
    "maths.number_grid": ("NumberGrid",),
    "physics.arrows": ("VectorArrow", "ArrowField"),
    "physics.waves": ("Wave",),
    "physics.gas": ("Gas",),
    "physics.circuit": ("Circuit",),
    "code_listing": ("CodeListing",),
    "comparison": ("Comparison",),
    "data_table": ("DataTable",),
    "timeline": ("Timeline",),
    "picture": ("Picture",),
    "computing.cells": ("Cells",),
    "computing.network": ("Network",),
    "data.people": ("People",),
    "data.counter": ("Counter",),
    "data.race": ("Race",),
    "geography.world_map": ("WorldMap",),
    "computing.tree": ("Tree",),
    "computing.queue": ("Queue",),
    "physics.levels": ("EnergyLevels",),
    "chemistry.molecules": ("Molecule", "combine"),
    "tracing": ("trace",),
    "tagging": ("tag", "untag"),
    "things.thing": ("Thing",),
    "life": ("alive", "calm"),
    "crowds": ("stream", "swarm"),
    "emphasis": ("spotlight", "ring", "underline"),
    "entrances": ("enter", "move"),
    "motion": ("appear", "focus", "dim", "undim"),
    "sounds": ("with_sound",),
}
"""The kit's names by the module that defines them; "maths.graph" is a module in a folder."""


def kit_names() -> list[str]:
    """Return the names that scenekit adds to manim's."""
    return [name for names in KIT.values() for name in names]


def vocabulary() -> str:
    """Describe what scene code may use beyond manim, for a model's prompt or an author. Does not import manim."""
    from .reference import describe_names

    return describe_names(KIT)


def __getattr__(name: str) -> Any:
    for module, names in KIT.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    if name == "__all__":
        manim = import_module("manim")
        return [*(each for each in vars(manim) if not each.startswith("_") and each not in kit_names()), *kit_names()]
    if not name.startswith("_"):
        try:
            return getattr(import_module("manim"), name)
        except AttributeError:
            pass
    raise AttributeError(f"lectern.scenekit has no {name!r}")
