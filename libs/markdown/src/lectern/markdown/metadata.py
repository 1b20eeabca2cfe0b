"""The front matter of a lesson: title, language, sources, symbols, pronunciations."""

from __future__ import annotations

from lectern.contracts.script import Symbol
from lectern.language.tags import names_language
from lectern.markdown import limits
from lectern.markdown.errors import ErrorCollector, closest_match
from lectern.markdown.front_matter import FrontMatter
from lectern.markdown.inline import clean_line
from lectern.markdown.tables import split_cells

_KEYS = (
    "title",
    "language",
    "topics",
    "angle",
    "question",
    "idea",
    "audience",
    "sources",
    "source",
    "symbol",
    "pronounce",
    "doubt",
)
_COLUMNS = {"pronounce": "`pronounce: Nguyen | nwin`", "symbol": "`symbol: light | accent | what arrives`"}


def check_metadata(head: FrontMatter, errors: ErrorCollector) -> None:
    """Records an error for each line that is no `key: value`, each misspelled key, a long title, a wrong language."""
    if not head.closed:
        errors.add("front-matter-open", 1, "The front matter has no end.", "Add a second line of --- after its keys.")
    for line in head.malformed_lines:
        errors.add("front-matter-line", line, "This line of the front matter is not `key: value`.", "Correct it.")
    for key, line in head.line_numbers.items():
        if key not in _KEYS and (meant := closest_match(key, _KEYS)):
            errors.add("front-matter-key", line, f"{key!r} is not a front matter key.", f"Did you mean {meant!r}?")
        if len(head.values.get(key, ())) > limits.FRONT_MATTER_VALUES:
            detail = f"{key!r} has {len(head.values[key]):,} values; at most {limits.FRONT_MATTER_VALUES} are kept."
            errors.add("front-matter-length", line, detail, "Keep those that this lesson needs.")
    title = clean_line(head.first("title"))
    if len(title) > limits.TITLE_CHARACTERS:
        detail = f"The title has {len(title)} characters; at most {limits.TITLE_CHARACTERS} fit."
        errors.add("title-too-long", head.line_numbers["title"], detail, "Shorten it; the narration can say more.")
    language = head.first("language")
    if language and not names_language(language):
        line = head.line_numbers["language"]
        errors.add("language", line, f"{language!r} is not a language code.", "Write one such as en, de or pt-BR.")


def read_sources(head: FrontMatter) -> tuple[str, ...]:
    """The sources, from `source:` lines and from the list in `sources:`."""
    return tuple(clean_line(each) for each in (*head.values.get("source", ()), *head.split("sources", ";")))


def read_pronunciations(head: FrontMatter, errors: ErrorCollector) -> dict[str, str]:
    """Spoken form by written word. Raises ProblemError for a line without two columns."""
    return {row[0]: row[1] for row in _read_columns(head, "pronounce", 2, errors)}


def read_symbols(head: FrontMatter, errors: ErrorCollector) -> tuple[Symbol, ...]:
    """The symbols that keep their colour through all scenes. Raises ProblemError for a line without three columns."""
    rows = _read_columns(head, "symbol", 3, errors)
    return tuple(Symbol(name=name, colour=colour, meaning=meaning) for name, colour, meaning in rows)


def _read_columns(head: FrontMatter, key: str, columns: int, errors: ErrorCollector) -> list[tuple[str, ...]]:
    rows = [tuple(split_cells(clean_line(value))) for value in head.values.get(key, ())]
    if any(len(row) != columns or not row[0] for row in rows):
        detail, remedy = f"A {key} has {columns} columns.", f"Write {_COLUMNS[key]}."
        errors.add(f"front-matter-{key}", head.line_numbers[key], detail, remedy)
        errors.raise_if_any()
    return rows
