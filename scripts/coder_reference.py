"""Writes what the coder knows of the drawing library without importing it: real signatures, and the kit's vocabulary.

Run it after changing the version of manim or the kit: `python scripts/coder_reference.py`. A test fails until you do.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "services/coder/src/lectern/coder/codegen"
LONGEST = 300  # characters of a signature worth showing to a model
ROOTS = ("Mobject", "VMobject", "Scene", "Animation", "Text")


def signature(thing: Any) -> str:
    """How a class or function is called, without types; empty for values."""
    if not callable(thing):
        return ""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return "(...)"
    told = [str(each.replace(annotation=inspect.Parameter.empty)) for each in parameters if each.name != "self"]
    shown = f"({', '.join(told)})"
    return shown if len(shown) <= LONGEST and " object at 0x" not in shown and "<" not in shown else _names_only(told)


def _names_only(told: list[str]) -> str:
    return f"({', '.join(each.partition('=')[0] + ('=...' if '=' in each else '') for each in told)})"


def methods(thing: Any) -> dict[str, str]:
    """The public methods of a class that the library defines, by name."""
    found: dict[str, str] = {}
    for name, member in inspect.getmembers(thing, callable):
        if not name.startswith("_") and "manim" in (getattr(member, "__module__", "") or ""):
            found[name] = signature(member)
    return found


def reference() -> dict[str, Any]:
    """Every public name scene code has with its signature, the methods of root classes, and what others add."""
    import manim

    things = {name: getattr(manim, name) for name in sorted(dir(manim)) if not name.startswith("_")}
    things = {name: thing for name, thing in things.items() if not inspect.ismodule(thing)}
    roots = {name: methods(things[name]) for name in ROOTS}
    known = {name for root in roots.values() for name in root}
    added = {name: sorted(set(methods(thing)) - known) for name, thing in things.items() if inspect.isclass(thing)}
    return {
        "manim": manim.__version__,
        "names": {name: signature(thing) for name, thing in things.items()},
        "methods": roots,
        "added": {name: list(more) for name, more in added.items() if more},
    }


def written() -> dict[str, str]:
    """The files' contents by name."""
    from lectern.scenekit import kit_names, vocabulary

    return {
        "reference.json": json.dumps({**reference(), "kit": sorted(kit_names())}, indent=0, sort_keys=True) + "\n",
        "vocabulary.txt": vocabulary(),
    }


if __name__ == "__main__":
    for file, text in written().items():
        (TARGET / file).write_text(text)
        sys.stdout.write(f"{file}: {len(text)} characters\n")
