"""The beats of a scene's code: whose a line is, the words that animations wait for, the names that lines use."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

import msgspec

from lectern.coder.codegen.fixes import parse_code

_STRINGS_AND_COMMENTS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|#.*")


class CodeBeat(msgspec.Struct, frozen=True, kw_only=True):
    """One `with self.beat():` block: its lines, counted from 1, and the words it waits for with `at`, in order."""

    first_line: int
    last_line: int
    cues: tuple[str, ...] = ()


def find_code_beats(code: str) -> tuple[CodeBeat, ...]:
    """The beat blocks of a source, in order; () for text that is no source."""
    tree = parse_code(code)
    if tree is None:
        return ()
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With) and _opens_beat(node)]
    blocks.sort(key=lambda block: block.lineno)
    return tuple(
        CodeBeat(first_line=block.lineno, last_line=block.end_lineno or block.lineno, cues=_find_cues(block))
        for block in blocks
    )


def find_beat_of_line(code: str, line: int) -> int | None:
    """The number of the beat, from 1, whose block holds a line; None for a line outside of them."""
    numbered = enumerate(find_code_beats(code), 1)
    return next((number for number, beat in numbered if beat.first_line <= line <= beat.last_line), None)


def find_names_in_lines(code: str, lines: Collection[int]) -> list[str]:
    """The names that some lines of a source use, each once. Words in its strings and comments are none."""
    tree = parse_code(code)
    if tree is None:
        texts = code.splitlines()
        text = "\n".join(texts[line - 1] for line in sorted(lines) if 1 <= line <= len(texts))
        return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w+", _STRINGS_AND_COMMENTS.sub("", text))))
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.lineno in lines:
            found.append((node.lineno, node.col_offset, node.id))
        elif isinstance(node, ast.Attribute) and node.end_lineno in lines:
            found.append((node.end_lineno or 0, node.end_col_offset or 0, node.attr))
    return list(dict.fromkeys(name for _, _, name in sorted(found)))


def _opens_beat(block: ast.With) -> bool:
    calls = [item.context_expr for item in block.items]
    return any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "beat"
        for call in calls
    )


def _find_cues(block: ast.With) -> tuple[str, ...]:
    calls = [node for node in ast.walk(block) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return tuple(
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "at"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )
