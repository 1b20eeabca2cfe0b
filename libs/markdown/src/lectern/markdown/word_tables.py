"""Tables of words and numbers, as Markdown tables and as blocks."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.charts import parse_number, parse_table
from lectern.markdown.errors import ErrorCollector
from lectern.markdown.tables import split_rows

Rows = Sequence[tuple[int, Sequence[str]]]  # each with its line; the first has the headings
_EXAMPLE = "Write a heading row such as `Organ | Task` and below it rows such as `Leaf | catches light`."


def parse_table_block(_: str, lines: Sequence[tuple[int, str]], errors: ErrorCollector, line: int) -> s.Table | None:
    """The table in a block's lines; None after recording why there is none."""
    return _parse_words(split_rows(lines), errors)


def parse_markdown_table(rows: Rows, errors: ErrorCollector) -> s.Chart | s.Table | None:
    """A chart where every cell but headings and labels is a number, else a table; None after recording an error."""
    _, *body = rows
    values = [cell for _, row in body for cell in row[1:]]
    if values and all(map(_is_meant_as_number, values)):
        return parse_table(rows, errors)
    return _parse_words(rows, errors)


def _is_meant_as_number(text: str) -> bool:
    """True for `1,5` too, of which a chart's own error says how to write it."""
    return parse_number(text) is not None or parse_number(text.replace(",", ".")) is not None


def _parse_words(rows: Rows, errors: ErrorCollector) -> s.Table | None:
    (line, headings), *body = rows
    least, most = limits.TABLE_COLUMNS
    if len(headings) < least:
        detail = f"A table has {least} to {most} columns; this one has {len(headings)}."
        errors.add("table-columns", line, detail, f"{_EXAMPLE} A single column is a list: `- Leaf`.")
        return None
    if not any(headings):
        errors.add("table-columns", line, "This table has no headings.", "Name its columns in its first row.")
        return None
    if not body:
        errors.add("table-row", line, "This table has headings and no rows.", _EXAMPLE)
        return None
    if len(body) > limits.TABLE_ROWS or len(headings) > most:
        detail = (
            f"This table has {len(body)} rows and {len(headings)} columns; at most {limits.TABLE_ROWS} rows and "
            f"{most} columns can be read."
        )
        remedy = "Leave out what the narration does not mention, or split it over two scenes."
        errors.add("too-much-to-show", line, detail, remedy)
    for number, row in rows:
        _check_row(number, row, len(headings), errors)
    return s.Table(headings=tuple(headings), rows=tuple(tuple(row) for _, row in body))


def _check_row(line: int, row: Sequence[str], columns: int, errors: ErrorCollector) -> None:
    if len(row) != columns:
        detail = f"This row has {len(row)} cell(s); the heading row has {columns}."
        remedy = r"Give every row a cell for each heading; it may be empty (`Leaf | | green`). `\|` is a bar in a cell."
        errors.add("table-row", line, detail, remedy)
    elif not any(row):
        errors.add("table-row", line, "This row has only empty cells.", "Fill one of them, or remove the row.")
    limit = limits.TABLE_CELL_CHARACTERS
    for cell in row:
        if len(cell) > limit:
            detail = f"The cell “{cell[:20]}…” has {len(cell)} characters; at most {limit} can be read."
            errors.add("entry-too-long", line, detail, "Show a few words and let the narration say the rest.")
