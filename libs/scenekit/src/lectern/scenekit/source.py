"""The author's code, of a scene and of the cast: running it as a module, and describing errors by its own lines."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MODULE = "lesson_scene"
CAST_MODULE = "lesson_cast"


def load_source(path: Path, *, name: str, given: Mapping[str, Any] | None = None) -> types.ModuleType:
    """Run the source in a new module; errors and tracebacks call it `name`.

    The names of manim and the kit are there even without an import, and so are those `given`.
    """
    return _run_source(path, MODULE, name=name, given=given or {})


def load_cast(path: Path, *, name: str) -> dict[str, Any]:
    """Run a cast in a module of its own; return what it defines."""
    module = _run_source(path, CAST_MODULE, name=name, given={})
    shared = _shared_names()
    return {
        key: value
        for key, value in vars(module).items()
        if not key.startswith("__") and (key not in shared or shared[key] is not value)
    }


def _run_source(path: Path, module_name: str, *, name: str, given: Mapping[str, Any]) -> types.ModuleType:
    text = path.read_text(encoding="utf-8")
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = types.ModuleType(module_name)
    module.__file__ = name
    shared = _shared_names()
    names = module.__dict__
    names.update(shared)
    names.update(given)
    # dataclasses and typing look up a class's module while the class is being created
    sys.modules[module_name] = module
    exec(compile(text, name, "exec", dont_inherit=True), names)  # noqa: S102 (this is the job)
    for key, value in given.items():  # importing all of the kit may have hidden one
        if names.get(key) is shared.get(key):
            names[key] = value
    return module


def _shared_names() -> dict[str, Any]:
    import manim

    from lectern import scenekit

    names = {key: value for key, value in vars(manim).items() if not key.startswith("_")}
    return names | {key: getattr(scenekit, key) for key in scenekit.kit_names()}


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


def describe_error(error: BaseException, source: str, cast: str = "") -> dict[str, Any]:
    """Describe an error for the author: type, message, the innermost line of their code, and only their own frames.

    `place` is "cast" where that line is the cast's.
    """
    own = {source: "", cast: "cast "} if cast else {source: ""}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    name, line = (frames[-1].filename, frames[-1].lineno) if frames else (source, None)
    if isinstance(error, SyntaxError) and error.filename in own:
        name, line = error.filename, error.lineno
    code = linecache.getline(name, line).strip() if line else None
    shown = [f"  {own[frame.filename]}line {frame.lineno}, in {frame.name}: {frame.line}" for frame in frames]
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {
        "type": type(error).__name__,
        "message": message or type(error).__name__,
        "line": line,
        "code": code,
        "place": own[name].strip(),
        "traceback": "\n".join([*shown, f"{type(error).__name__}: {message}"]),
    }
