"""From what a model wrote to what can be spoken: dressing goes, words stay."""

from __future__ import annotations

import html
import re
import unicodedata

from lectern.markdown.inline import clean

_DRESSING = (
    (re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)"), r"\1"),  # a link is its words
    (re.compile(r"```\w*|</?[a-zA-Z][^<>]*/?>"), " "),
    (re.compile(r"[\[(](?:pause|beat|music|silence|laughs?|sighs?|sfx)\b[^\])]*[\])]", re.IGNORECASE), " "),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)"), r"\1\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_]+?)_(?!\w)"), r"\1\2"),
    (re.compile(r"`([^`]*)`"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|[-*•>])\s+"), ""),
)
_NUMBERING = re.compile(
    r"^\W*(?:scene|szene|scène|escena)\s*\d+\s*[:.–—-]\s*(?=\S)|^\d{1,2}[.)]\s+(?=\S)", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S|\bwww\.\w|\b[\w-]+\.(?:com|org|net|edu|gov|io)\b", re.IGNORECASE)
_MARKUP = re.compile(r"\\[a-zA-Z]{2,}|\$[^$]*[\\^_{][^$]*\$|\*\*|```|</?[a-zA-Z][^<>]*>|\w_\{|\^\{|\s\|\s|^\s*\|")


def plain(text: str) -> str:
    """One line without emphasis, links, tags, list marks, entities and stage directions. Once is enough."""
    for _ in range(len(text) + 1):
        once = clean(html.unescape(text))
        for pattern, kept in _DRESSING:
            once = pattern.sub(kept, once)
        once = clean(once)
        if once == text:
            break
        text = once
    return text


def plain_title(text: str, most: int) -> str:
    """A title without dressing, numbering and quotation marks around it, of at most `most` characters."""
    title = _NUMBERING.sub("", plain(text)).strip(' "“”„*#')
    if len(title) > most:
        title = clean(title[: most - 1].rsplit(" ", 1)[0]) + "…"
    return title


def has_markup(text: str) -> bool:
    """Whether there is markup or LaTeX that cannot be taken off without losing words."""
    return bool(_MARKUP.search(text))


def has_address(text: str) -> bool:
    """Whether there is an address of a page."""
    return bool(_ADDRESS.search(text))


def symbols(text: str, language: str) -> str:
    """The signs that a voice would stumble over, each once: mathematical, sub- and superscript, Greek."""
    greek = language.lower().startswith("el")

    def stumbles(char: str) -> bool:
        if ord(char) < 128:
            return char in "=^<>~|\\{}"
        category = unicodedata.category(char)
        if category == "Sm" or (category == "No" and char not in "½¼¾⅓⅔"):
            return True
        return not greek and category[0] == "L" and unicodedata.name(char, "").startswith("GREEK")

    return "".join(dict.fromkeys(char for char in text if stumbles(char)))
