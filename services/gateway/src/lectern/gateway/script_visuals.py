"""What a scene may show, by the limits of a lesson: a script in JSON is held to what Markdown is held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from lectern.contracts import script as s
from lectern.markdown import limits


def find_visual_faults(visual: s.AnyVisual | None) -> Iterator[tuple[str, str]]:
    """What cannot be read on a screen: the field of the visual, and what is wrong with it."""
    match visual:
        case s.Bullets():
            yield from _find_item_faults("bullets", "items", visual.items)
        case s.Flow():
            yield from _find_item_faults("flow", "steps", visual.steps)
        case s.Timeline():
            yield from _find_item_faults("timeline", "entries", [what for _, what in visual.entries])
        case s.Comparison():
            yield from _find_item_faults("comparison", "left", visual.left)
            yield from _find_item_faults("comparison", "right", visual.right)
        case s.Equation():
            yield from _find_item_faults("equation", "lines", visual.lines, characters=None)
        case s.Chart():
            if len(visual.rows) > limits.CHART_ROWS:
                yield "rows", f"has {len(visual.rows)} rows; at most {limits.CHART_ROWS} can be read"
            if len(visual.series) > limits.CHART_SERIES:
                yield "series", f"has {len(visual.series)} series; at most {limits.CHART_SERIES} can be told apart"
        case s.Table():
            yield from _find_table_faults(visual)
        case s.CodeListing():
            lines = visual.source.splitlines()
            if len(lines) > limits.CODE_LINES or max(map(len, lines), default=0) > limits.CODE_COLUMNS:
                most = f"{limits.CODE_LINES} lines of {limits.CODE_COLUMNS}"
                yield "source", f"has more than the {most} characters that can be read; shorten it"
        case s.Image() | s.Manim() | None:
            pass
        case _:
            assert_never(visual)


def _find_item_faults(
    kind: str, field: str, items: Sequence[str], characters: int | None = limits.ITEM_CHARACTERS
) -> Iterator[tuple[str, str]]:
    limit = limits.ITEMS[kind]
    if len(items) > limit:
        yield field, f"has {len(items)} entries; at most {limit} can be read in one scene"
    for index, item in enumerate(items):
        if characters is not None and len(item) > characters:
            yield f"{field}/{index}", f"has {len(item)} characters; at most {characters} can be read"


def _find_table_faults(table: s.Table) -> Iterator[tuple[str, str]]:
    least, most = limits.TABLE_COLUMNS
    columns = len(table.headings)
    if not least <= columns <= most:
        yield "headings", f"has {columns} columns; a table has {least} to {most}"
    elif not any(map(str.strip, table.headings)):
        yield "headings", "are all empty; name the columns"
    if not 1 <= len(table.rows) <= limits.TABLE_ROWS:
        yield "rows", f"has {len(table.rows)} rows; a table has 1 to {limits.TABLE_ROWS}"
    for index, row in enumerate(table.rows):
        if len(row) != columns:
            yield f"rows/{index}", f"has {len(row)} cells where there are {columns} headings; one may be empty"
        elif not any(map(str.strip, row)):
            yield f"rows/{index}", "has only empty cells; fill one, or remove the row"
    places = [("headings", table.headings), *((f"rows/{index}", row) for index, row in enumerate(table.rows))]
    for place, cells in places:
        for column, cell in enumerate(cells):
            if len(cell) > limits.TABLE_CELL_CHARACTERS:
                fault = f"has {len(cell)} characters; at most {limits.TABLE_CELL_CHARACTERS} can be read"
                yield f"{place}/{column}", fault
