"""The texts in a scene's code: found, and replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import msgspec

from lectern.markdown import limits

_LETTERS = re.compile(r"[^\W\d_]{2}")
_NOT_WORDS = re.compile(r"#[0-9A-Fa-f]{3,8}|[\w-]{1,255}\.(?:png|jpe?g|svg|gif|webp|py|csv|json)|https?://\S+")
_LANGUAGE_FREE_CLASSES = frozenset(
    ("MathTex", "Tex", "SingleStringMathTex", "Typst", "TypstMath", "Math", "Equation", "Formula", "Code")
)
_STYLE_ARGUMENTS = (
    "color",
    "colour",
    "fill_color",
    "stroke_color",
    "background_color",
    "font",
    "weight",
    "slant",
    "align",
)
_HIDDEN_ARGUMENTS = frozenset(
    (*_STYLE_ARGUMENTS, "style", "language", "rate_func", "mode", "direction", "name", "file_name")
)


class SceneTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts that a scene shows, and the spoken words (cues) that its code waits for; each once, in order."""

    screen: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


def has_words(text: str) -> bool:
    """True if a text has two letters in a row: something to translate."""
    return bool(_LETTERS.search(text))


def find_texts(code: str) -> SceneTexts:
    """The texts in a scene's code: every string that may be on screen.

    Code that does not parse, or is too long to be parsed here, has none.
    """
    tree = _parse(code)
    if tree is None:
        return SceneTexts()
    hidden = {id(part) for node in _hidden_nodes(tree) for part in ast.walk(node)}
    cues = _cue_nodes(tree)
    shown = sorted(
        (
            node
            for node in _string_nodes(tree)
            if id(node) not in hidden and has_words(str(node.value)) and not _NOT_WORDS.fullmatch(str(node.value))
        ),
        key=lambda node: (node.lineno, node.col_offset),
    )
    return SceneTexts(
        screen=tuple(dict.fromkeys(str(node.value) for node in shown if id(node) not in cues)),
        cues=tuple(dict.fromkeys(str(node.value) for node in shown if id(node) in cues)),
    )


def replace_texts(code: str, screen: Mapping[str, str], cues: Mapping[str, str]) -> str:
    """The code with texts replaced wherever they occur: `flow["Light"]` follows `Flow("Light")`."""
    tree = _parse(code)
    if tree is None:
        return code
    cue_nodes = _cue_nodes(tree)
    kept = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) or _asks_for_carried(node)
        for part in ast.walk(node)
    }
    data = code.encode()
    line_starts = [0]
    for line in data.splitlines(keepends=True):
        line_starts.append(line_starts[-1] + len(line))
    changes: list[tuple[int, int, bytes]] = []
    for node in _string_nodes(tree):
        new = (cues if id(node) in cue_nodes else screen).get(str(node.value))
        if id(node) in kept or new is None or new == node.value:
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = line_starts[node.lineno - 1] + node.col_offset
        end = line_starts[node.end_lineno - 1] + node.end_col_offset
        changes.append((start, end, repr(new).encode()))
    for start, end, literal in sorted(changes, reverse=True):
        data = data[:start] + literal + data[end:]
    return data.decode()


def _parse(code: str) -> ast.AST | None:
    if len(code) > limits.MANIM_CHARACTERS:
        return None
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _string_nodes(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _cue_nodes(tree: ast.AST) -> set[int]:
    """The ids of the arguments of `.at(…)`: words that the code waits for."""
    return {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at"
        for argument in node.args
    }


def _hidden_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose strings are not shown: docstrings, maths, colours and fonts, keys, comparisons, names of things."""
    for node in ast.walk(tree):
        if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or isinstance(node, ast.JoinedStr):
            yield node
        elif isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, ast.keyword) and node.arg in _HIDDEN_ARGUMENTS:
            yield node
        elif isinstance(node, ast.Call) and _callee_name(node) in _LANGUAGE_FREE_CLASSES:
            yield from node.args
        elif isinstance(node, ast.Compare):
            yield from node.comparators
        elif _asks_for_carried(node):
            yield node


def _asks_for_carried(node: ast.AST) -> bool:
    """True for `self.carried(…)`, whose strings are names of things."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "carried"


def _callee_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
