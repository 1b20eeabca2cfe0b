"""Programs in a lesson: listings to look at, and Manim to run."""

from __future__ import annotations

import ast
import warnings

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from lectern.contracts import script as s
from lectern.markdown import limits
from lectern.markdown.faults import Faults


def is_language(name: str) -> bool:
    """Whether a block of this name is a listing in a language that can be highlighted."""
    if not name:
        return False
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return False
    return True


def read_code(language: str, content: str, line: int, faults: Faults) -> s.CodeListing | None:
    language = language.lower() or "text"
    try:
        get_lexer_by_name(language)
    except ClassNotFound:
        faults.add(
            "unknown-language",
            line,
            f"No highlighting is known for {language!r}.",
            "Write ```code text, or the language's usual name.",
        )
        return None
    return read_listing(language, content, line, faults)


def read_listing(language: str, content: str, line: int, faults: Faults) -> s.CodeListing | None:
    source = verbatim(content)
    if not source:
        faults.add("empty-block", line, "The code block is empty.", "Put code between its fences, or remove it.")
        return None
    listing = source.split("\n")
    widest = max(range(len(listing)), key=lambda index: len(listing[index]))
    if len(listing) > limits.CODE_LINES or len(listing[widest]) > limits.CODE_COLUMNS:
        faults.add(
            "too-much-to-show",
            line,
            f"This listing has {len(listing)} lines of up to {len(listing[widest])} characters; "
            f"{limits.CODE_LINES} lines of {limits.CODE_COLUMNS} can be read.",
            "Show the part that the narration explains.",
        )
    return s.CodeListing(language=language, source=source)


def read_manim(_: str, content: str, line: int, faults: Faults) -> s.Manim | None:
    source = verbatim(content)
    if not source:
        faults.add("empty-block", line, "The manim block is empty.", "Put a class with a `construct` method in it.")
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        row = (error.lineno or 1) if isinstance(error, SyntaxError) else 1
        blank = len(content) - len(content.lstrip("\n"))
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        text = (source.split("\n")[row - 1 : row] or [""])[0].strip()
        faults.add(
            "manim-syntax", line + blank + row, f"This is not Python: {said}, in `{text[:80]}`.", "Mend the line."
        )
        return None
    return s.Manim(source=source)


def verbatim(content: str) -> str:
    """A program as it is shown: tabs are four spaces, no blank lines around it, no spaces at ends of lines."""
    lines = [line.rstrip() for line in content.replace("\x00", "").expandtabs(4).split("\n")]
    return "\n".join(lines).strip("\n")
