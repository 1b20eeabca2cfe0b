"""Writes the coder's reference of manim and the scene kit: signatures, vocabulary, frames; the coder has no manim.

Run `python scripts/coder_reference.py` after changing the kit or manim's version; a test fails until then.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from generated_files import write_or_check

TARGET = Path(__file__).parent.parent / "services/coder/src/lectern/coder/codegen"
MAX_SIGNATURE_CHARACTERS = 300  # longer ones are shown to a model without their defaults
ROOTS = ("Mobject", "VMobject", "Scene", "Animation", "Text")


def describe_signature(thing: Any) -> str:
    """The parameters of a class or function, without types; "" for other values."""
    if not callable(thing):
        return ""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return "(...)"
    shown = [str(each.replace(annotation=inspect.Parameter.empty)) for each in parameters if each.name != "self"]
    text = f"({', '.join(shown)})"
    is_readable = len(text) <= MAX_SIGNATURE_CHARACTERS and " object at 0x" not in text and "<" not in text
    return text if is_readable else _names_only(shown)


def _names_only(parameters: list[str]) -> str:
    """The parameters with their defaults left out: `(x, y=...)`."""
    names = (each.partition("=")[0] + ("=..." if "=" in each else "") for each in parameters)
    return f"({', '.join(names)})"


def public_methods(thing: Any) -> dict[str, str]:
    """The public methods of a class that manim defines, by name."""
    found: dict[str, str] = {}
    for name, member in inspect.getmembers(thing, callable):
        if not name.startswith("_") and "manim" in (getattr(member, "__module__", "") or ""):
            found[name] = describe_signature(member)
    return found


def build_reference() -> dict[str, Any]:
    """Signatures of all public names of manim, the methods of its root classes, and those that other classes add."""
    import manim

    things = {name: getattr(manim, name) for name in sorted(dir(manim)) if not name.startswith("_")}
    things = {name: thing for name, thing in things.items() if not inspect.ismodule(thing)}
    roots = {name: public_methods(things[name]) for name in ROOTS}
    known = {name for root in roots.values() for name in root}
    added = {
        name: sorted(set(public_methods(thing)) - known) for name, thing in things.items() if inspect.isclass(thing)
    }
    return {
        "manim": manim.__version__,
        "names": {name: describe_signature(thing) for name, thing in things.items()},
        "methods": roots,
        "added": {name: list(more) for name, more in added.items() if more},
    }


def build_frames() -> dict[str, dict[str, list[float]]]:
    """The frame of each aspect and its areas in units, as the kit computes them."""
    from manim import tempconfig

    from lectern.contracts.quality import preset
    from lectern.scenekit import frame

    frames = {}
    for aspect in ("16:9", "9:16", "1:1"):
        size = preset("standard", aspect)
        unit = 8 / min(size.width, size.height)  # the short side is always 8 units
        with tempconfig({"frame_width": size.width * unit, "frame_height": size.height * unit}):
            frames[aspect] = {
                "size": [round(frame.width, 2), round(frame.height, 2)],
                **{
                    name: [round(side, 2) for side in (area.left, area.right, area.bottom, area.top)]
                    for name, area in (("safe", frame.safe), ("body", frame.body))
                },
            }
    return frames


def build_files() -> dict[str, str]:
    """The contents of the files by name."""
    from lectern.scenekit import kit_names, vocabulary

    return {
        "reference.json": json.dumps({**build_reference(), "kit": sorted(kit_names())}, indent=0, sort_keys=True)
        + "\n",
        "vocabulary.txt": vocabulary(),
        "frames.json": json.dumps(build_frames(), indent=1) + "\n",
    }


if __name__ == "__main__":
    sys.exit(write_or_check({TARGET / name: text for name, text in build_files().items()}, "run this script"))
