"""Programs in a lesson: listings to look at, and Manim code to run."""

from __future__ import annotations

import ast
import warnings

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.errors import ErrorCollector


def is_programming_language(name: str) -> bool:
    """True for a language, by any of its usual names, that can be highlighted."""
    if not name:
        return False
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return False
    return True


def parse_code(language: str, content: str, line: int, errors: ErrorCollector) -> s.CodeListing | None:
    """A listing whose language may be missing or unknown; None after recording an error."""
    language = language.lower() or "text"
    if not is_programming_language(language):
        detail = f"There is no highlighting for {language!r}."
        errors.add("unknown-language", line, detail, "Write ```code text, or the language's usual name.")
        return None
    return parse_listing(language, content, line, errors)


def parse_listing(language: str, content: str, line: int, errors: ErrorCollector) -> s.CodeListing | None:
    """A listing in a language that can be highlighted; None after recording an error."""
    source = normalize_source(content)
    if not source:
        errors.add("empty-block", line, "The code block is empty.", "Put code between its fences, or remove it.")
        return None
    rows = source.split("\n")
    columns = max(map(len, rows))
    if len(rows) > limits.CODE_LINES or columns > limits.CODE_COLUMNS:
        errors.add(
            "too-much-to-show",
            line,
            f"This listing has {len(rows)} lines of up to {columns} characters; at most "
            f"{limits.CODE_LINES} lines of {limits.CODE_COLUMNS} can be read.",
            "Show the part that the narration explains.",
        )
    return s.CodeListing(language=language, source=source)


def parse_cast(content: str, line: int, errors: ErrorCollector) -> str:
    """The Python that all scenes share; empty after recording an error."""
    return _parse_python("cast", content, line, errors) or ""


def parse_manim(_: str, content: str, line: int, errors: ErrorCollector) -> s.Manim | None:
    """Manim code, which must be valid Python and not too long to check; None after recording an error."""
    source = _parse_python("manim", content, line, errors)
    return None if source is None else s.Manim(source=source)


def _parse_python(block: str, content: str, line: int, errors: ErrorCollector) -> str | None:
    source = normalize_source(content)
    if not source:
        fill = "a class with a `construct` method" if block == "manim" else "functions that draw what scenes share"
        errors.add("empty-block", line, f"The {block} block is empty.", f"Put {fill} in it.")
        return None
    if len(source) > limits.MANIM_CHARACTERS:
        whose = "a scene's code" if block == "manim" else "a cast"
        detail = f"This code has {len(source):,} characters; {whose} has at most {limits.MANIM_CHARACTERS:,}."
        instead = "split it over several scenes" if block == "manim" else "draw less"
        remedy = f"Compute what the code lists, or {instead}."
        errors.add(f"{block}-too-long", line, detail, remedy)
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        row = (error.lineno or 1) if isinstance(error, SyntaxError) else 1
        blank = len(content) - len(content.lstrip("\n"))
        reason = (error.msg if isinstance(error, SyntaxError) else str(error)) or "it is nested too deeply"
        text = (source.split("\n")[row - 1 : row] or [""])[0].strip()
        detail = f"This is not valid Python: {reason}, in `{text[:80]}`."
        errors.add(f"{block}-syntax", line + blank + row, detail, "Correct the line.")
        return None
    return source


def normalize_source(content: str) -> str:
    """A program as it is shown: tabs are four spaces; blank lines around it and trailing spaces are removed."""
    lines = [line.rstrip() for line in content.replace("\x00", "").expandtabs(4).split("\n")]
    return "\n".join(lines).strip("\n")
