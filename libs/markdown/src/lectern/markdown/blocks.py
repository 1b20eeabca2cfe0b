"""The visual blocks of a lesson: fenced blocks whose first word names a kind of visual."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.charts import parse_chart
from lectern.markdown.errors import ErrorCollector, closest_match
from lectern.markdown.inline import clean_line
from lectern.markdown.listings import is_programming_language, parse_code, parse_listing, parse_manim
from lectern.markdown.tables import split_cells, split_rows
from lectern.markdown.word_tables import parse_table_block

NumberedLines = list[tuple[int, str]]  # (line number in the lesson, its text)
LineParser = Callable[[str, NumberedLines, ErrorCollector, int], "s.AnyVisual | None"]
SourceParser = Callable[[str, str, int, ErrorCollector], "s.AnyVisual | None"]

_OTHER_NAMES = {
    **dict.fromkeys(("math", "formula", "typst"), "equation"),
    **dict.fromkeys(("list", "points"), "bullets"),
    **dict.fromkeys(("steps", "process", "mermaid"), "flow"),
    **dict.fromkeys(("graph", "bar"), "chart"),
    **dict.fromkeys(("versus", "vs", "columns"), "comparison"),
    **dict.fromkeys(("image", "picture"), "![what it shows](picture.png)"),
    "history": "timeline",
    "listing": "code",
}
_LATEX = re.compile(r"\\(?:[a-zA-Z]{2,})")


def parse_block(info: str, content: str, line: int, errors: ErrorCollector) -> s.AnyVisual | None:
    """The visual in a fenced block; None after recording what is wrong with it.

    `info` is what follows the opening fence, which stands on `line`.
    """
    name, _, rest = info.strip().partition(" ")
    name, rest = name.lower(), rest.strip()
    if parse_source := _SOURCE_PARSERS.get(name or "code"):
        return parse_source(rest, content, line, errors)
    parse_lines = _LINE_PARSERS.get(name)
    if parse_lines is None:
        if opens_listing(name):
            return parse_listing(name, content, line, errors)
        _report_unknown(name, line, errors)
        return None
    lines = [(number, clean_line(text)) for number, text in enumerate(content.split("\n"), line + 1)]
    lines = [(number, text) for number, text in lines if text]
    if not lines:
        detail, remedy = f"The {name} block is empty.", "Put something between its fences, or remove it."
        errors.add("empty-block", line, detail, remedy)
        return None
    return parse_lines(rest, lines, errors, line)


def opens_listing(name: str) -> bool:
    """True when a fence of this name opens a listing: a programming language, and not one of our own words."""
    return name not in BLOCKS and name not in _OTHER_NAMES and is_programming_language(name)


def short_items(name: str, items: Sequence[tuple[int, str]], errors: ErrorCollector) -> tuple[str, ...]:
    """The items of a block. Records an error for each that is too long, and one if there are too many."""
    limit = limits.ITEMS[name]
    if len(items) > limit:
        detail = f"This {name} block has {len(items)} entries; at most {limit} can be read in one scene."
        errors.add("too-much-to-show", items[limit][0], detail, "Shorten it, or split it over two scenes.")
    for line, text in items:
        if len(text) > limits.ITEM_CHARACTERS:
            detail = f"This {name} entry has {len(text)} characters; at most {limits.ITEM_CHARACTERS} can be read."
            errors.add("entry-too-long", line, detail, "Show a few words and let the narration say the rest.")
    return tuple(text for _, text in items)


def _parse_equation(_: str, lines: NumberedLines, errors: ErrorCollector, line: int) -> s.Equation:
    formulas = [(number, text.strip("$").strip() if text.startswith("$") else text) for number, text in lines]
    for number, text in formulas:
        if latex := _LATEX.search(text):
            errors.add(
                "latex-in-equation",
                number,
                f"{latex[0]} is LaTeX; equations are written in Typst maths.",
                "Write a/b for a fraction, sqrt(x), sum_(i=1)^n, pi, dot, times, arrow.r; put spaces between letters "
                "that are multiplied, and quotation marks around words.",
            )
    return s.Equation(lines=short_items("equation", formulas, errors))


def _parse_bullets(_: str, lines: NumberedLines, errors: ErrorCollector, line: int) -> s.Bullets:
    items = [(number, _strip_list_marker(text)) for number, text in lines]
    return s.Bullets(items=short_items("bullets", items, errors))


def _parse_flow(_: str, lines: NumberedLines, errors: ErrorCollector, line: int) -> s.Flow | None:
    if len(lines) == 1:
        lines = [(lines[0][0], part.strip()) for part in re.split(r"->|→|⟶", lines[0][1]) if part.strip()]
    if len(lines) < 2:
        remedy = "Write one step a line, or `Light -> Water -> Sugar`."
        errors.add("flow-too-short", line, "A flow needs at least two steps.", remedy)
        return None
    steps = [(number, _strip_list_marker(text)) for number, text in lines]
    return s.Flow(steps=short_items("flow", steps, errors))


def _parse_comparison(_: str, lines: NumberedLines, errors: ErrorCollector, line: int) -> s.Comparison | None:
    rows = split_rows(lines)
    wrong = [number for number, row in rows if len(row) != 2]
    if wrong or len(rows) < 2 or not all(rows[0][1]):
        remedy = "Write `Left title | Right title`, then lines `left point | right point` (a side may be empty)."
        place = wrong[0] if wrong else line
        errors.add("comparison-columns", place, "A comparison has two titled columns.", remedy)
        return None
    columns = [[(number, row[side]) for number, row in rows[1:] if row[side]] for side in (0, 1)]
    left, right = (short_items("comparison", column, errors) for column in columns)
    titles = short_items("comparison", [(rows[0][0], title) for title in rows[0][1]], errors)
    return s.Comparison(left_title=titles[0], left=left, right_title=titles[1], right=right)


def _parse_timeline(_: str, lines: NumberedLines, errors: ErrorCollector, line: int) -> s.Timeline:
    entries: list[tuple[str, str]] = []
    for number, text in lines:
        cells = split_cells(text)
        when, what = cells if len(cells) == 2 else [part.strip() for part in text.partition(": ")[::2]]
        if not when or not what or len(cells) > 2:
            detail, remedy = f"{text!r} does not say when and what.", "Write `1905: Special relativity`."
            errors.add("timeline-entry", number, detail, remedy)
        entries.append((when, what))
    short_items("timeline", [(number, text) for number, text in lines], errors)
    return s.Timeline(entries=tuple(entries))


def _report_unknown(name: str, line: int, errors: ErrorCollector) -> None:
    meant = _OTHER_NAMES.get(name) or closest_match(name, BLOCKS)
    hint = f"Did you mean {meant}? " if meant else ""
    remedy = f"{hint}Blocks are: {', '.join(sorted(BLOCKS))}, or the name of a programming language."
    errors.add("unknown-block", line, f"There is no visual block {name!r}.", remedy)


def _strip_list_marker(text: str) -> str:
    """A line without its list marker. A leading backslash, which is removed, protects one that belongs to the text."""
    return text[1:] if text.startswith("\\") else re.sub(r"^(?:[-*•]|\d{1,2}[.)])\s+", "", text)


_LINE_PARSERS: Mapping[str, LineParser] = {
    "equation": _parse_equation,
    "bullets": _parse_bullets,
    "flow": _parse_flow,
    "chart": parse_chart,
    "comparison": _parse_comparison,
    "timeline": _parse_timeline,
    "table": parse_table_block,
}
_SOURCE_PARSERS: Mapping[str, SourceParser] = {"code": parse_code, "manim": parse_manim}
BLOCKS = (*_LINE_PARSERS, *_SOURCE_PARSERS)  # the kinds of visual that are written as a fenced block
