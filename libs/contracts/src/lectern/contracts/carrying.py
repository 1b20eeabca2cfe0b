"""What a scene's code is run with: the cast that it uses, and the scenes before it whose things it goes on with.

The code is read, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from lectern.contracts.references import CodeContext, CodeRef
from lectern.contracts.script import Manim, Scene, Script

__all__ = [
    "MAX_CHAIN",
    "CodeNeeds",
    "asks_for_carried",
    "find_needs",
    "is_drawn_by_model",
    "list_asked",
    "list_carried",
    "list_followers",
    "uses_cast",
    "waits_for_scene_before",
]

MAX_CHAIN = 24  # scenes that are run before one; each takes about 0.3 s
_ASK, _HAND_ON = "carried", "carry"


class CodeNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a scene's code is run with: the source of the cast, "" where it uses none, and earlier scenes, oldest first.

    `stored` are the keys of those that a model has coded, and of what they are run with; `before` the sources of those
    after them.
    """

    cast: str = ""
    stored: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def find_needs(script: Script, number: int, source: str, codes: Mapping[int, CodeRef | None] = {}) -> CodeNeeds:
    """What a source for scene `number`, counted from 1, is run with.

    The scenes before it count as far back as each goes on with things of the one before, and has code: in the script,
    or, where a model draws it, among `codes`.
    """
    before: list[str] = []
    stored: tuple[str, ...] = ()
    asking, used = source, uses_cast(source, script.cast)
    while number > 1 and len(before) < MAX_CHAIN and asks_for_carried(asking):
        number -= 1
        scene = script.scene(number)
        if is_drawn_by_model(scene):
            code = codes.get(number)
            if code is not None and code.origin != "template":
                stored = (*code.context.before, code.key)[-(MAX_CHAIN - len(before)) :]
                used = used or bool(code.context.cast_key)
            break
        if not isinstance(scene.visual, Manim):
            break
        asking = scene.visual.source
        used = used or uses_cast(asking, script.cast)
        before.insert(0, asking)
    return CodeNeeds(cast=script.cast if used else "", stored=stored, before=tuple(before))


def is_drawn_by_model(scene: Scene) -> bool:
    """True for a scene whose code is not in the script, and no template's: a model writes it, where one is set up."""
    return scene.visual is None or bool(scene.plan.direction)


def waits_for_scene_before(script: Script, number: int) -> bool:
    """True if scene `number`, counted from 1, is coded once the one before is: it is to go on with things of code that
    is not in the script."""
    if not 1 < number <= len(script.scenes):
        return False
    scene, before = script.scene(number), script.scene(number - 1)
    if not is_drawn_by_model(before):
        return False
    if is_drawn_by_model(scene):
        return bool(before.plan.carries)
    return isinstance(scene.visual, Manim) and asks_for_carried(scene.visual.source)


def list_carried(source: str) -> tuple[str, ...]:
    """The names under which code hands things on: those of `self.carry(graph=…)`, each once."""
    calls = _find_calls(_parse(source), _HAND_ON) if _HAND_ON in source else ()
    return tuple(dict.fromkeys(keyword.arg for call in calls for keyword in call.keywords if keyword.arg))


def list_asked(source: str) -> tuple[str, ...]:
    """The names of the things that code goes on with: those of `self.carried("graph")`, each once."""
    calls = _find_asks(_parse(source)) if _ASK in source else ()
    return tuple(
        dict.fromkeys(
            argument.value
            for call in calls
            for argument in call.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        )
    )


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
    """The scenes that look different because others do: those that go on with things of a changed one, or wait to.

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
        asks = asks or (code is None and waits_for_scene_before(script, number))
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
    return _find_calls(tree, _ASK)


def _find_calls(tree: ast.Module | None, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
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
