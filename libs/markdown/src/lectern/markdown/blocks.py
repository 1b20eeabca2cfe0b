"""The visual blocks of a lesson: what a fenced block or a table says, read into a visual."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.charts import cells, read_chart, table_rows
from lectern.markdown.faults import Faults, nearest
from lectern.markdown.listings import is_language, read_code, read_listing, read_manim
from lectern.markdown.prose import clean

_MEANT = {
    **dict.fromkeys(("math", "formula", "typst"), "equation"),
    **dict.fromkeys(("list", "points"), "bullets"),
    **dict.fromkeys(("steps", "process", "mermaid"), "flow"),
    **dict.fromkeys(("table", "graph", "bar"), "chart"),
    **dict.fromkeys(("versus", "vs", "columns"), "comparison"),
    **dict.fromkeys(("image", "picture"), "![what it shows](picture.png)"),
    "history": "timeline",
    "listing": "code",
}
_LATEX = re.compile(r"\\(?:[a-zA-Z]{2,})")

Lines = list[tuple[int, str]]  # (line number in the lesson, its text)
Reader = Callable[[str, Lines, Faults, int], "s.AnyVisual | None"]


def read_block(info: str, content: str, line: int, faults: Faults) -> s.AnyVisual | None:
    """The visual of a fenced block whose opening fence stands on `line`; None after noting what is wrong with it."""
    name, _, rest = info.strip().partition(" ")
    name, rest = name.lower(), rest.strip()
    if name in _VERBATIM:
        return _VERBATIM[name](rest, content, line, faults)
    reader = _READERS.get(name)
    if reader is None:
        if names_a_language(name):
            return read_listing(name, content, line, faults)
        _unknown(name, line, faults)
        return None
    lines = [(number, clean(text)) for number, text in enumerate(content.split("\n"), line + 1)]
    lines = [(number, text) for number, text in lines if text]
    if not lines:
        faults.add(
            "empty-block", line, f"The {name} block is empty.", "Put something between its fences, or remove it."
        )
        return None
    return reader(rest, lines, faults, line)


def names_a_language(name: str) -> bool:
    """Whether a fence of this name opens a listing: it is a programming language and none of our own words."""
    return name not in (*_READERS, *_VERBATIM, *_MEANT) and is_language(name)


def short_items(name: str, items: Sequence[tuple[int, str]], faults: Faults) -> tuple[str, ...]:
    """The items of a block, with a fault for each that is too long and one if they are too many."""
    most = limits.ITEMS[name]
    if len(items) > most:
        faults.add(
            "too-much-to-show",
            items[most][0],
            f"This {name} block has {len(items)} entries; {most} can be read in one scene.",
            "Shorten it, or share it out over two scenes.",
        )
    for line, text in items:
        if len(text) > limits.ITEM_CHARACTERS:
            faults.add(
                "entry-too-long",
                line,
                f"This {name} entry has {len(text)} characters; {limits.ITEM_CHARACTERS} can be read.",
                "Show a few words and let the narration say the rest.",
            )
    return tuple(text for _, text in items)


def _equation(_: str, lines: Lines, faults: Faults, line: int) -> s.Equation:
    formulas = [(number, text.strip("$").strip() if text.startswith("$") else text) for number, text in lines]
    for number, text in formulas:
        if latex := _LATEX.search(text):
            faults.add(
                "latex-in-equation",
                number,
                f"{latex[0]} is LaTeX; equations are written in Typst maths.",
                "Write a/b for a fraction, sqrt(x), sum_(i=1)^n, pi, dot, times, arrow.r; letters that are multiplied "
                "need spaces between them, words need quotation marks.",
            )
    return s.Equation(lines=short_items("equation", formulas, faults))


def _bullets(_: str, lines: Lines, faults: Faults, line: int) -> s.Bullets:
    return s.Bullets(items=short_items("bullets", [(number, item(text)) for number, text in lines], faults))


def _flow(_: str, lines: Lines, faults: Faults, line: int) -> s.Flow | None:
    if len(lines) == 1:
        lines = [(lines[0][0], part.strip()) for part in re.split(r"->|→|⟶", lines[0][1]) if part.strip()]
    if len(lines) < 2:
        faults.add(
            "flow-too-short",
            line,
            "A flow needs two steps at least.",
            "Write one step a line, or `Light -> Water -> Sugar`.",
        )
        return None
    return s.Flow(steps=short_items("flow", [(number, item(text)) for number, text in lines], faults))


def _comparison(_: str, lines: Lines, faults: Faults, line: int) -> s.Comparison | None:
    rows = table_rows(lines)
    wrong = [number for number, row in rows if len(row) != 2]
    if wrong or len(rows) < 2 or not all(rows[0][1]):
        faults.add(
            "comparison-columns",
            wrong[0] if wrong else line,
            "A comparison has two titled columns.",
            "Write `Left title | Right title`, then lines `left point | right point` (a side may be empty).",
        )
        return None
    columns = [[(number, row[side]) for number, row in rows[1:] if row[side]] for side in (0, 1)]
    left, right = (short_items("comparison", column, faults) for column in columns)
    titles = short_items("comparison", [(rows[0][0], title) for title in rows[0][1]], faults)
    return s.Comparison(left_title=titles[0], left=left, right_title=titles[1], right=right)


def _timeline(_: str, lines: Lines, faults: Faults, line: int) -> s.Timeline | None:
    entries: list[tuple[str, str]] = []
    for number, text in lines:
        parts = cells(text)
        when, what = parts if len(parts) == 2 else [part.strip() for part in text.partition(": ")[::2]]
        if not when or not what or len(parts) > 2:
            faults.add(
                "timeline-entry", number, f"{text!r} does not say when and what.", "Write `1905: Special relativity`."
            )
        entries.append((when, what))
    short_items("timeline", [(number, text) for number, text in lines], faults)
    return s.Timeline(entries=tuple(entries))


def _unknown(name: str, line: int, faults: Faults) -> None:
    known = tuple(filter(None, (*_READERS, *_VERBATIM)))
    meant = _MEANT.get(name) or nearest(name, known)
    remedy = f"Did you mean {meant}? " if meant else ""
    faults.add(
        "unknown-block",
        line,
        f"There is no visual block {name!r}.",
        f"{remedy}Blocks are: {', '.join(sorted(known))}, or the name of a programming language.",
    )


def item(text: str) -> str:
    """A line of a block without a list marker in front; a backslash in front keeps the line as it is."""
    return text[1:] if text.startswith("\\") else re.sub(r"^(?:[-*•]|\d{1,2}[.)])\s+", "", text)


_READERS: dict[str, Reader] = {
    "equation": _equation,
    "bullets": _bullets,
    "flow": _flow,
    "chart": read_chart,
    "comparison": _comparison,
    "timeline": _timeline,
}
_VERBATIM: dict[str, Callable[[str, str, int, Faults], s.AnyVisual | None]] = {
    "code": read_code,
    "manim": read_manim,
    "": read_code,
}
