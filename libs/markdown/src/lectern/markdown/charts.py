"""Charts: tables of numbers, as Markdown tables and as blocks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.faults import Faults, nearest

CHART_STYLES = ("bar", "line")
_GROUPED = re.compile(r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_RULE = re.compile(r":?-{3,}:?")


def cells(text: str) -> list[str]:
    r"""The parts of a line between `|`. `\|` is a bar, `\\` a backslash; one bar at either end is frame, not a part."""
    parts, current, escaped = [], "", False
    for char in text:
        if escaped:
            current += char if char in "|\\" else "\\" + char
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "|":
            parts.append(current.strip())
            current = ""
        else:
            current += char
    parts.append((current + ("\\" if escaped else "")).strip())
    if len(parts) > 2 and not parts[0]:
        parts = parts[1:]
    if len(parts) > 2 and not parts[-1]:
        parts = parts[:-1]
    return parts


def table_rows(lines: Sequence[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Lines as rows of cells, without the rule (`--- | ---`) that a table may have below its heading."""
    rows = [(number, cells(text)) for number, text in lines]
    if len(rows) > 1 and all(_RULE.fullmatch(cell) for cell in rows[1][1]):
        del rows[1]
    return rows


def read_chart(style: str, lines: Sequence[tuple[int, str]], faults: Faults, line: int) -> s.Chart | None:
    style = style.lower() or "bar"
    if style not in CHART_STYLES:
        meant = nearest(style, CHART_STYLES)
        faults.add(
            "chart-style",
            line,
            f"A chart cannot be drawn as {style!r}.",
            f"Write ```chart {meant or 'bar'}, or one of: bar, line.",
        )
        return None
    split = table_rows(lines)
    if all(len(row) == 1 for _, row in split):
        pairs = [(number, [part.strip() for part in row[0].rpartition(":")[::2]]) for number, row in split]
        return read_table([(line, ["", ""]), *pairs], faults, style)
    return read_table(split, faults, style)


def read_table(rows: Sequence[tuple[int, Sequence[str]]], faults: Faults, style: str = "bar") -> s.Chart | None:
    """A chart from the rows of a table. The first row names the series, the first column the labels."""
    (line, header), *body = rows
    series = tuple(header[1:])
    if not series or not body:
        faults.add(
            "chart-without-numbers",
            line,
            "This chart has no numbers." if series else "This chart has labels but no column of numbers.",
            "Write a heading row such as `Year | Wind | Solar` and below it rows such as `2020 | 9.8 | 7.2`.",
        )
        return None
    if len(body) > limits.CHART_ROWS or len(series) > limits.CHART_SERIES:
        faults.add(
            "too-much-to-show",
            line,
            f"This chart has {len(body)} rows and {len(series)} series; {limits.CHART_ROWS} rows and "
            f"{limits.CHART_SERIES} series can be read.",
            "Leave out what the narration does not mention, or share it out over two scenes.",
        )
    read = [_chart_row(line, row, series, faults) for line, row in body]
    return s.Chart(style=style, series=series, rows=tuple(row for row in read if row))


def _chart_row(
    line: int, row: Sequence[str], series: tuple[str, ...], faults: Faults
) -> tuple[str, tuple[float, ...]] | None:
    label, texts = row[0], row[1:]
    if len(texts) != len(series):
        faults.add(
            "chart-row",
            line,
            f"This row has {len(texts)} number(s) after its label {label!r}; the heading row names {len(series)}.",
            "Give every row one number for each series.",
        )
        return None
    values = [number(text) for text in texts]
    for name, text, value in zip(series, texts, values, strict=True):
        if value is None:
            hint = (
                f"Write {text.replace(',', '.')}."
                if number(text.replace(",", ".")) is not None
                else "Write digits, such as 12.5."
            )
            column = f" in column {name!r}" if name else ""
            faults.add("chart-number", line, f"{text!r}{column} is not a number.", hint)
    return label, tuple(value for value in values if value is not None)


def number(text: str) -> float | None:
    """The number in a cell, or None. Per cent signs, digit grouping and a typographic minus are understood."""
    plain = text.replace("−", "-").replace("\u2009", "").replace(" ", "").replace("_", "").rstrip("%").strip()
    plain = plain.replace(",", "") if _GROUPED.match(plain) else plain
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
