"""Rows of cells separated by bars, as blocks and front matter write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RULE = re.compile(r":?-{3,}:?")


def split_cells(text: str) -> list[str]:
    r"""The cells of a line, separated by `|`. `\|` is a literal bar, `\\` a backslash; bars at the ends only frame."""
    cells, current, escaped = [], "", False
    for char in text:
        if escaped:
            current += char if char in "|\\" else "\\" + char
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "|":
            cells.append(current.strip())
            current = ""
        else:
            current += char
    cells.append((current + ("\\" if escaped else "")).strip())
    if len(cells) > 2 and not cells[0]:
        cells = cells[1:]
    if len(cells) > 2 and not cells[-1]:
        cells = cells[:-1]
    return cells


def split_rows(lines: Sequence[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Lines as rows of cells, without the rule (`--- | ---`) that a table may have below its heading."""
    rows = [(number, split_cells(text)) for number, text in lines]
    if len(rows) > 1 and all(_RULE.fullmatch(cell) for cell in rows[1][1]):
        del rows[1]
    return rows


def join_cells(*cells: str) -> str:
    """Cells as a line that `split_cells` splits again; framed by bars where an empty outer cell would be lost."""
    row = " | ".join(map(escape_cell, cells))
    return f"| {row} |" if not cells[0] or not cells[-1] else row


def escape_cell(text: str) -> str:
    """A cell's text with its bars and backslashes escaped."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def table_rule(columns: int) -> str:
    """The line between a table's heading and its rows."""
    return " | ".join(["---"] * columns)
