"""Charts: tables of numbers, as Markdown tables and as blocks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.errors import ErrorCollector, closest_match
from lectern.markdown.tables import split_rows

CHART_STYLES = ("bar", "line", "table")
_WORD = re.compile(r"[^\W\d_]{2}")
_GROUPED_DIGITS = re.compile(r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


def parse_chart(style: str, lines: Sequence[tuple[int, str]], errors: ErrorCollector, line: int) -> s.Chart | None:
    """The chart in a block's lines; None after recording why there is none."""
    style = style.lower() or "bar"
    if style not in CHART_STYLES:
        meant = closest_match(style, CHART_STYLES) or "bar"
        remedy = f"Write ```chart {meant}, or one of: {', '.join(CHART_STYLES)}."
        errors.add("chart-style", line, f"There is no chart style {style!r}.", remedy)
        return None
    rows = split_rows(lines)
    if all(len(cells) == 1 for _, cells in rows):
        pairs = [(number, [part.strip() for part in cells[0].rpartition(":")[::2]]) for number, cells in rows]
        return parse_table([(line, ["", ""]), *pairs], errors, style)
    return parse_table(rows, errors, style)


def parse_table(
    rows: Sequence[tuple[int, Sequence[str]]], errors: ErrorCollector, style: str = "bar"
) -> s.Chart | None:
    """A chart from a table's rows, each (line, cells): the first names the series, the first column the labels."""
    (line, header), *body = rows
    series = tuple(header[1:])
    if not series or not body:
        detail = "This chart has no numbers." if series else "This chart has labels but no column of numbers."
        remedy = "Write a heading row such as `Year | Wind | Solar` and below it rows such as `2020 | 9.8 | 7.2`."
        errors.add("chart-without-numbers", line, detail, remedy)
        return None
    if len(body) > limits.CHART_ROWS or len(series) > limits.CHART_SERIES:
        errors.add(
            "too-much-to-show",
            line,
            f"This chart has {len(body)} rows and {len(series)} series; at most {limits.CHART_ROWS} rows and "
            f"{limits.CHART_SERIES} series can be read.",
            "Leave out what the narration does not mention, or split it over two scenes.",
        )
    cells = [text for _, row in body for text in row[1:]]
    words = [text for text in cells if parse_number(text) is None and _WORD.search(text)]
    if len(cells) > 1 and len(words) > len(cells) / 2:
        errors.add(
            "table-of-words",
            line,
            "This chart has words where numbers belong.",
            "Write ```table in place of ```chart, or a Markdown table without a block, to show words.",
        )
        return None
    charted = [_parse_row(number, row, series, errors) for number, row in body]
    return s.Chart(style=style, series=series, rows=tuple(row for row in charted if row))


def _parse_row(
    line: int, row: Sequence[str], series: tuple[str, ...], errors: ErrorCollector
) -> tuple[str, tuple[float, ...]] | None:
    label, texts = row[0], row[1:]
    if len(texts) != len(series):
        detail = f"This row has {len(texts)} number(s) after its label {label!r}; the heading row names {len(series)}."
        errors.add("chart-row", line, detail, "Give every row one number for each series.")
        return None
    values = [parse_number(text) for text in texts]
    for name, text, value in zip(series, texts, values, strict=True):
        if value is None:
            with_point = text.replace(",", ".")
            remedy = f"Write {with_point}." if parse_number(with_point) is not None else "Write digits, such as 12.5."
            column = f" in column {name!r}" if name else ""
            errors.add("chart-number", line, f"{text!r}{column} is not a number.", remedy)
    return label, tuple(value for value in values if value is not None)


def parse_number(text: str) -> float | None:
    """The number in a cell, or None. Allows per cent signs, digit grouping and a typographic minus."""
    plain = text.replace("−", "-").replace("\u2009", "").replace(" ", "").replace("_", "").rstrip("%").strip()
    plain = plain.replace(",", "") if _GROUPED_DIGITS.match(plain) else plain
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
