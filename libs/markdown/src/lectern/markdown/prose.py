"""Running text: out of Markdown's inline syntax, and into it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

import msgspec
from markdown_it.tree import SyntaxTreeNode

NOTES = {"say": "spoken", "show": "show", "speaker": "speaker"}  # what a comment may say of its beat, by field
_NOTE = re.compile(r"^<!--\s*(say|show|speaker):(.*?)-->\s*$", re.DOTALL | re.IGNORECASE)
# markup people write by habit: it is dropped, while `List<int>` keeps its brackets
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|u)[\s/>]", re.IGNORECASE
)

_SPECIAL = re.compile(r"[\\`\[\]]|\*(?! )|(?<! )\*|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?=#|>|[-+](?:[-+\s]|$)|~~~)")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_UNSAFE_IN_PATH = re.compile(r"[\x00-\x20%()<>\\\"'*_\[\]&`]")


class Inline(msgspec.Struct, frozen=True, kw_only=True):
    """What a paragraph holds: its text without markup, its pictures as (name, alt), its notes as (kind, text)."""

    text: str
    images: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def clean(text: str) -> str:
    """One line: white space of any kind becomes single spaces, control characters and lone surrogates go."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs"))
    return " ".join("".join(kept).split())


def note(comment: str) -> tuple[str, str] | None:
    """Kind and text of a comment such as `<!-- say: … -->`; None for any other HTML."""
    match = _NOTE.match(comment.strip())
    return (match[1].lower(), clean(html.unescape(match[2]))) if match else None


def is_comment(text: str) -> bool:
    """Whether HTML is a comment: an author's note to themselves."""
    return text.lstrip().startswith("<!--")


def flatten(nodes: Sequence[SyntaxTreeNode]) -> Inline:
    """The content of inline nodes, emphasis and links reduced to their words."""
    parts: list[str] = []
    images: list[tuple[str, str]] = []
    notes: list[tuple[str, str]] = []

    def walk(node: SyntaxTreeNode) -> None:
        match node.type:
            case "image":
                images.append(
                    (clean(unquote(str(node.attrs.get("src", "")))).removeprefix("./"), flatten(node.children).text)
                )
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "html_inline":
                said = note(node.content)
                if said is not None:
                    notes.append(said)
                elif not is_comment(node.content) and not _MARKUP.match(node.content):
                    parts.append(node.content)
            case _ if node.children:
                for child in node.children:
                    walk(child)
            case _:
                parts.append(node.content)

    for node in nodes:
        walk(node)
    return Inline(text=clean("".join(parts)), images=tuple(images), notes=tuple(notes))


def escape(text: str) -> str:
    """`text` (one line) as Markdown that reads back as the same text at the start of a line."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return _NUMBERED.sub(r"\1\\", _LINE_START.sub(r"\\", escaped))


def escape_heading(text: str) -> str:
    """`text` as the content of a heading, where a `#` at the end would be dropped."""
    return re.sub(r"(?<= )#", r"\\#", escape(text))


def note_comment(kind: str, text: str) -> str:
    """The comment that says `text` of the beat above it."""
    safe = re.sub(r"&(?=#?\w)", "&amp;", text).replace("-->", "--&gt;")
    return f"<!-- {kind}: {safe} -->"


def image(name: str, alt: str) -> str:
    """A picture. Its name is percent-encoded where Markdown would stumble over it."""
    path = _UNSAFE_IN_PATH.sub(lambda match: f"%{ord(match[0]):02X}", name)
    return f"![{escape(alt)}]({path})"
