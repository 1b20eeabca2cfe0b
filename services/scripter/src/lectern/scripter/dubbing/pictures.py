"""The words in a picture: found in its code or its template, and replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from lectern.contracts import script as s

T = TypeVar("T")

_LETTERS = re.compile(r"[^\W\d_]{2}")
_NOT_WORDS = re.compile(r"#[0-9A-Fa-f]{3,8}|[\w-]+\.(?:png|jpe?g|svg|gif|webp|py|csv|json)|https?://\S+")
_MATHS = frozenset(
    ("MathTex", "Tex", "SingleStringMathTex", "Typst", "TypstMath", "Math", "Equation", "Formula", "Code")
)
_LOOKS = ("color", "colour", "fill_color", "stroke_color", "background_color", "font", "weight", "slant", "align")
_NOT_SHOWN = frozenset((*_LOOKS, "style", "language", "rate_func", "mode", "direction", "name", "file_name"))
_TEXTS = (s.Bullets, s.Flow, s.Chart, s.Comparison, s.Timeline, s.Image)
_NOT_TRANSLATED = frozenset({"kind", "style", "name"})  # fields of those visuals


class PictureWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture's code writes on the screen, and the spoken words it waits for; each text once, in order."""

    screen: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


def words_in(code: str) -> PictureWords:
    """The words in a scene's code. A string that may be on screen counts; code that does not parse has none."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return PictureWords()
    screen, cues = dict[str, None](), dict[str, None]()
    for text, waited_for in _strings(tree):
        (cues if waited_for else screen)[text] = None
    return PictureWords(screen=tuple(screen), cues=tuple(cues))


def replaced(code: str, screen: Mapping[str, str], cues: Mapping[str, str]) -> str:
    """The code with strings exchanged wherever they stand: `flow["Light"]` follows `Flow("Light")`."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return code
    waited_for = {id(node) for call in _waits(tree) for node in call.args}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    lines = code.encode().splitlines(keepends=True)
    changes: list[tuple[int, int, bytes]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in inside:
            continue
        new = (cues if id(node) in waited_for else screen).get(node.value)
        if new is not None and new != node.value and node.end_lineno and node.end_col_offset is not None:
            start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
            end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
            changes.append((start, end, repr(new).encode()))
    data = code.encode()
    for start, end, new_text in sorted(changes, reverse=True):
        data = data[:start] + new_text + data[end:]
    return data.decode()


def _strings(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """(string, whether it is a word that is waited for), in the order of the code."""
    hidden = {id(part) for node in _hidden(tree) for part in ast.walk(node)}
    waited_for = {id(arg) for call in _waits(tree) for arg in call.args}
    found = [
        (node.lineno, node.col_offset, node.value, id(node) in waited_for)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in hidden
        and _LETTERS.search(node.value)
        and not _NOT_WORDS.fullmatch(node.value)
    ]
    for _, _, text, waits in sorted(found, key=lambda each: each[:2]):
        yield text, waits


def _waits(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at":
            yield node


def _hidden(tree: ast.AST) -> Iterator[ast.AST]:
    """What is not a word on the screen: documentation, maths, colours and fonts, what only picks one thing of many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node
        elif isinstance(node, ast.JoinedStr | ast.Subscript):
            yield node if isinstance(node, ast.JoinedStr) else node.slice
        elif isinstance(node, ast.keyword) and node.arg in _NOT_SHOWN:
            yield node
        elif isinstance(node, ast.Call) and _called(node) in _MATHS:
            yield from node.args
        elif isinstance(node, ast.Compare):
            yield from node.comparators


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def words_of(visual: s.AnyVisual | None) -> tuple[str, ...]:
    """What a template writes on the screen. Equations and listings are the same in every language."""
    if not isinstance(visual, _TEXTS):
        return ()
    found: dict[str, None] = {}
    _walked(msgspec.to_builtins(visual), lambda text: found.setdefault(text) or text)
    return tuple(text for text in found if _LETTERS.search(text))


def translated(visual: s.AnyVisual | None, screen: Mapping[str, str]) -> s.AnyVisual | None:
    """The template with its words replaced."""
    if not isinstance(visual, _TEXTS):
        return visual
    fields = _walked(msgspec.to_builtins(visual), lambda text: screen.get(text, text))
    return msgspec.convert(fields, type=type(visual))


def _walked(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: each if name in _NOT_TRANSLATED else _walked(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(each, change) for each in value]
    return value
