"""What a scene's code is run with: the cast that it uses, and the scenes before it whose things it goes on with.

The code is read, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import msgspec

from lectern.contracts.references import CodeContext, CodeRef
from lectern.contracts.script import Manim, Script

__all__ = [
    "MAX_CHAIN",
    "CodeNeeds",
    "asks_for_carried",
    "find_needs",
    "list_followers",
    "uses_cast",
]

MAX_CHAIN = 24  # scenes that are run before one; each takes about 0.3 s
_ASK = "carried"


class CodeNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """Sources that a scene's code is run with: the cast, "" where it uses none, and earlier scenes, oldest first."""

    cast: str = ""
    before: tuple[str, ...] = ()


def find_needs(script: Script, number: int, source: str) -> CodeNeeds:
    """What a source for scene `number`, counted from 1, is run with.

    The scenes before it count as far back as each goes on with things of the one before, and has code in the script.
    """
    before: list[str] = []
    asking = source
    while number > 1 and len(before) < MAX_CHAIN and asks_for_carried(asking):
        number -= 1
        scene = script.scene(number)
        if not isinstance(scene.visual, Manim) or scene.plan.direction:
            break
        asking = scene.visual.source
        before.insert(0, asking)
    used = any(uses_cast(each, script.cast) for each in (source, *before))
    return CodeNeeds(cast=script.cast if used else "", before=tuple(before))


def asks_for_carried(source: str) -> bool:
    """True for code that calls `self.carried(…)`. Code that cannot be read does not."""
    return _ASK in source and any(True for _ in _find_asks(_parse(source)))


def uses_cast(source: str, cast: str) -> bool:
    """True for code that names something of the cast, or goes on with a thing that the cast can draw.

    Where either cannot be read it does, so that its error is told.
    """
    if not cast:
        return False
    drawn, tree = _parse(cast), _parse(source)
    if drawn is None or tree is None:
        return True
    defined = set(_find_defined(drawn))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    asked = {
        str(argument.value) for call in _find_asks(tree) for argument in call.args if isinstance(argument, ast.Constant)
    }
    return bool(defined & (named | asked))


def list_followers(
    script: Script, codes: Iterable[tuple[int, CodeRef | None]], changed: Iterable[int], *, recast: bool
) -> set[int]:
    """The scenes that look different because others do: those that go on with things of a changed one.

    `codes` are the scenes' codes by number; `recast`: the cast has changed, and all that use it follow.
    """
    found = set(changed)
    followers: set[int] = set()
    for number, code in sorted(codes, key=lambda pair: pair[0]):
        if number > len(script.scenes):
            continue
        context = code.context if code else CodeContext()
        visual = script.scene(number).visual
        asks = bool(context.before) or (isinstance(visual, Manim) and asks_for_carried(visual.source))
        if (asks and number - 1 in found) or (recast and (context.cast_key or isinstance(visual, Manim))):
            followers.add(number)
            found.add(number)
    return followers - set(changed)


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find_asks(tree: ast.Module | None) -> Iterator[ast.Call]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _ASK:
            yield node


def _find_defined(tree: ast.Module) -> Iterator[str]:
    """The names that a cast binds at its top level, also in branches."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]
