"""Plain text from what a model wrote: markup goes, words stay."""

from __future__ import annotations

import html
import re
import unicodedata

from lectern.language.tags import base_language
from lectern.markdown import clean_line

# Every repetition is bounded: one without an end costs time with the square of the text's length.
_MARKUP_RULES = (
    (re.compile(r"!?\[([^\]]{0,300})\]\([^)\s]{0,1000}\)"), r"\1"),  # of a link, only its words
    (re.compile(r"```\w*|</?[a-zA-Z][^<>]{0,300}/?>"), " "),
    (re.compile(r"[\[(](?:pause|beat|music|silence|laughs?|sighs?|sfx)\b[^\])]{0,300}[\])]", re.IGNORECASE), " "),
    (re.compile(r"\*\*(?=\S)(.{1,300}?)(?<=\S)\*\*|(?<!\w)__(?=\S)(.{1,300}?)(?<=\S)__(?!\w)"), r"\1\2"),
    (
        re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,300}?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_]{1,300}?)_(?!\w)"),
        r"\1\2",
    ),
    (re.compile(r"`([^`]{0,300})`"), r"\1"),
    (re.compile(r"^\s*(?:(?:#{1,6}|[-*•>])\s+)+"), ""),
)
MAX_PASSES = 10  # of the rules; nobody nests emphasis, links and entities as deeply
_ALL_MARKUP = re.compile(r"[\[\]()*_`<>&#]|^[-•\s]+")
_NUMBERING = re.compile(
    r"^\W*(?:scene|szene|scène|escena)\s*\d+\s*[:.–—-]\s*(?=\S)|^\d{1,2}[.)]\s+(?=\S)", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S|\bwww\.\w|\b[\w-]{1,63}\.(?:com|org|net|edu|gov|io)\b", re.IGNORECASE)
_REMAINING_MARKUP = re.compile(
    r"\\[a-zA-Z]{2,}|\$[^$]*[\\^_{][^$]*\$|\*\*|```|</?[a-zA-Z][^<>]*>|\w_\{|\^\{|\s\|\s|^\s*\|"
)


def strip_markup(text: str) -> str:
    """One line without emphasis, links, tags, list marks, entities and stage directions. Idempotent."""
    for _ in range(MAX_PASSES):  # markup may be nested
        once = clean_line(html.unescape(text))
        for pattern, replacement in _MARKUP_RULES:
            once = pattern.sub(replacement, once)
        once = clean_line(once)
        if once == text:
            return text
        text = once
    return clean_line(_ALL_MARKUP.sub("", clean_line(_ALL_MARKUP.sub("", text))))


def clean_title(text: str, max_characters: int) -> str:
    """A title without markup, numbering and surrounding quotation marks, cut to so many characters."""
    title = _NUMBERING.sub("", strip_markup(text)).strip(' "“”„*#')
    if len(title) > max_characters:
        title = clean_line(title[: max_characters - 1].rsplit(" ", 1)[0]) + "…"
    return title


def has_markup(text: str) -> bool:
    """True if a text has markup or LaTeX that cannot be removed without losing words."""
    return bool(_REMAINING_MARKUP.search(text))


def has_address(text: str) -> bool:
    """True if a text has a web address."""
    return bool(_ADDRESS.search(text))


def unspeakable_symbols(text: str, language: str) -> str:
    """The symbols that a voice may misread, each once: mathematical, sub- and superscript, Greek."""
    is_greek = base_language(language) == "el"

    def is_unspeakable(char: str) -> bool:
        if ord(char) < 128:
            return char in "=^<>~|\\{}"
        category = unicodedata.category(char)
        if category == "Sm" or (category == "No" and char not in "½¼¾⅓⅔"):
            return True
        return not is_greek and category[0] == "L" and unicodedata.name(char, "").startswith("GREEK")

    return "".join(dict.fromkeys(char for char in text if is_unspeakable(char)))
