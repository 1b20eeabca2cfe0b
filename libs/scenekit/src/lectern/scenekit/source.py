"""The author's code: running it as a module, and describing errors by its own lines."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from pathlib import Path
from typing import Any

MODULE = "lesson_scene"


def load_source(path: Path) -> types.ModuleType:
    """Run the source in a new module. The names of manim and the kit are there even without an import."""
    import manim

    from lectern import scenekit

    text = path.read_text(encoding="utf-8")
    name = path.name
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = types.ModuleType(MODULE)
    module.__file__ = name
    module.__dict__.update({key: value for key, value in vars(manim).items() if not key.startswith("_")})
    module.__dict__.update({key: getattr(scenekit, key) for key in scenekit.kit_names()})
    # dataclasses and typing look up a class's module while the class is being created
    sys.modules[MODULE] = module
    exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (this is the job)
    return module


def find_scene_class(module: types.ModuleType, name: str | None) -> type[Any]:
    """Find the class to render: `name`, or the last Scene subclass that the source defines. Raises LookupError."""
    from manim import Scene

    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Scene) and value.__module__ == MODULE
    ]
    if name is not None:
        own = [each for each in own if each.__name__ == name]
        if not own:
            raise LookupError(f"the source defines no scene named {name}; give the class that name")
    if not own:
        raise LookupError("the source defines no scene: add `class MyScene(NarratedScene):` with a `construct` method")
    return own[-1]


def describe_error(error: BaseException, source: str) -> dict[str, Any]:
    """Describe an error for the author: type, message, the innermost line of their code, and only their own frames."""
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
