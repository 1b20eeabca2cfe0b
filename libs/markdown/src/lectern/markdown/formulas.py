"""Formulas between dollar signs, as teachers write them: neither spoken nor shown, so they must not pass for words."""

from __future__ import annotations

import re

from lectern.markdown.errors import ErrorCollector

MAX_SHOWN_CHARACTERS = 40  # of a formula in an error
_CODE = re.compile(r"`[^`]{0,300}`")
# Pandoc's rule for what is no price: no space inside the signs, no digit after the second.
_INLINE = re.compile(r"(?<![\\$])\$(?![\s$])([^$]{1,300}?)(?<![\s\\])\$(?![\d$])")
_DISPLAYED = re.compile(r"(?<!\\)\$\$([^$]{1,1000})\$\$")
_MATHS = re.compile(r"\\[a-zA-Z]|[\^_{]|^[A-Za-z]'?$|^\(?\w+\)?(?:\s?[-+*/=<>|]\s?\(?\w+\)?)+$")


def find_formula(source: str) -> str:
    """The first formula between dollar signs in a paragraph's Markdown, with its signs; "" where there is none."""
    text = _CODE.sub("", source)
    if displayed := _DISPLAYED.search(text):
        return displayed[0]
    return next((match[0] for match in _INLINE.finditer(text) if _MATHS.search(match[1])), "")


def check_formulas(source: str, line: int, errors: ErrorCollector) -> None:
    """Records an error for the first formula in a paragraph, heading or point."""
    if "$" in source and (formula := find_formula(source)):
        shown = " ".join(formula.split())
        shown = shown if len(shown) <= MAX_SHOWN_CHARACTERS else shown[: MAX_SHOWN_CHARACTERS - 2] + "…$"
        errors.add(
            "formula-in-text",
            line,
            f"The formula {shown} would be read aloud and captioned as it is written.",
            "Say it in words here, and show it in an ```equation block of the scene (Typst maths: a/b, sqrt(x), x^2). "
            "Write \\$ for a dollar sign.",
        )
