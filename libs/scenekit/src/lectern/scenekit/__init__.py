"""What scene code may use: NarratedScene, layouts, theme, the layout lint.

`from lectern.scenekit import *` gives scene code all of manim and the kit on top. Importing the package costs nothing;
manim is imported when the first name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

KIT = {
    "scene": ("NarratedScene", "NarratedThreeDScene", "NarratedMovingCameraScene", "Narrated"),
    "look": ("theme",),
    "layout": ("frame", "stack", "row", "columns", "fit", "place"),
    "lettering": ("Title", "TitleCard", "Label", "Caption"),
    "bullets": ("Bullets",),
    "flow": ("Flow", "Box", "link"),
    "equation": ("Equation",),
    "chart": ("Chart",),
    "listing": ("CodeListing",),
    "comparison": ("Comparison",),
    "timeline": ("Timeline",),
    "picture": ("Picture",),
    "motion": ("appear", "focus", "dim", "undim"),
}
"""The kit's names by the module that defines them."""


def kit_names() -> list[str]:
    """The names that scenekit adds to manim's."""
    return [name for names in KIT.values() for name in names]


def vocabulary() -> str:
    """What scene code may use beyond manim, as text for a model's prompt or a writer's page. Does not import manim."""
    from .wordlist import vocabulary as written

    return written(KIT)


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
