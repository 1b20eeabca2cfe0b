"""The author's code: run as a module, and errors told by its own lines."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from pathlib import Path
from typing import Any

MODULE = "lesson_scene"


def load(path: Path) -> types.ModuleType:
    """Runs the source in a fresh module. `from manim import *` and scenekit's names are there without an import."""
    import manim

    from lectern import scenekit

    text = path.read_text(encoding="utf-8")
    name = path.name
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = types.ModuleType(MODULE)
    module.__file__ = name
    module.__dict__.update({key: value for key, value in vars(manim).items() if not key.startswith("_")})
    module.__dict__.update({key: getattr(scenekit, key) for key in scenekit.kit_names()})
    # dataclasses and typing look a class's module up while the class is being made
    sys.modules[MODULE] = module
    exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (this is the job)
    return module


def scene_class(module: types.ModuleType, name: str | None) -> type[Any]:
    """The class to render: `name`, or the last Scene subclass that the source defines. Raises LookupError."""
    from manim import Scene

    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Scene) and value.__module__ == MODULE
    ]
    if name is not None:
        own = [each for each in own if each.__name__ == name]
        if not own:
            raise LookupError(f"the source defines no scene named {name}; name the class so")
    if not own:
        raise LookupError("the source defines no scene: add `class MyScene(NarratedScene):` with a `construct` method")
    return own[-1]


def describe(error: BaseException, source: str) -> dict[str, Any]:
    """The error as its author can use it: type, message, the innermost line of their code, and only their frames."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == source]
    line = frames[-1].lineno if frames else None
    if isinstance(error, SyntaxError) and error.filename == source:
        line = error.lineno
    code = linecache.getline(source, line).strip() if line else None
    shown = [f"  line {frame.lineno}, in {frame.name}: {frame.line}" for frame in frames]
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {
        "type": type(error).__name__,
        "message": message or type(error).__name__,
        "line": line,
        "code": code,
        "traceback": "\n".join([*shown, f"{type(error).__name__}: {message}"]),
    }
