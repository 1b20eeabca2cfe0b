"""Running text: from Markdown's inline syntax to plain text, and back."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

import msgspec
from markdown_it.tree import SyntaxTreeNode

from lectern.markdown.syntax import line_of_image

BEAT_NOTES = {"say": "spoken", "show": "show", "speaker": "speaker"}  # comments about a beat, and the fields they set
# Comments about a scene: named after the fields of its plan, and the voice that speaks it alone.
PLAN_NOTES = ("idea", "purpose", "shows", "form", "direction")
SCENE_NOTES = (*PLAN_NOTES, "carries", "transition", "voice")
PAUSE_NOTE = "pause"  # the seconds of silence after a beat
_NOTE_KINDS = "|".join((*BEAT_NOTES, PAUSE_NOTE, *SCENE_NOTES))
_NOTE = re.compile(rf"^<!--\s*({_NOTE_KINDS}):(.*?)-->\s*$", re.DOTALL | re.IGNORECASE)
# HTML that people write out of habit. It is dropped, while `List<int>` keeps its brackets.
_HTML_MARKUP = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|u)[\s/>]", re.IGNORECASE
)

_SPECIAL = re.compile(r"[\\`\[\]]|\*(?! )|(?<! )\*|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?=#|>|[-+](?:[-+\s]|$)|~~~)")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_UNSAFE_IN_PATH = re.compile(r"[\x00-\x20%()<>\\\"'*_\[\]&`]")


class ImageReference(msgspec.Struct, frozen=True, kw_only=True):
    """An image in running text: the file's decoded name, the text shown for it, and its line from 1."""

    name: str
    alt: str
    line: int


class InlineContent(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph's content: its text without markup, its images, and its notes as (kind, text)."""

    text: str
    images: tuple[ImageReference, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def clean_line(text: str) -> str:
    """The text as one line: any white space becomes a single space; control characters and surrogates are removed."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs"))
    return " ".join("".join(kept).split())


def parse_note(comment: str) -> tuple[str, str] | None:
    """Kind and text of a comment such as `<!-- say: … -->`; None for any other HTML."""
    match = _NOTE.match(comment.strip())
    return (match[1].lower(), clean_line(html.unescape(match[2]))) if match else None


def is_comment(text: str) -> bool:
    """True for an HTML comment, which authors use for notes to themselves."""
    return text.lstrip().startswith("<!--")


def flatten(nodes: Sequence[SyntaxTreeNode]) -> InlineContent:
    """The content of inline nodes. Emphasis and links are reduced to their words."""
    parts: list[str] = []
    images: list[ImageReference] = []
    notes: list[tuple[str, str]] = []

    def walk(node: SyntaxTreeNode, inline: SyntaxTreeNode) -> None:
        match node.type:
            case "image":
                images.append(_read_image(node, inline))
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "html_inline":
                note = parse_note(node.content)
                if note is not None:
                    notes.append(note)
                elif not is_comment(node.content) and not _HTML_MARKUP.match(node.content):
                    parts.append(node.content)
            case _ if node.children:
                for child in node.children:
                    walk(child, inline)
            case _:
                parts.append(node.content)

    for node in nodes:
        walk(node, node)
    return InlineContent(text=clean_line("".join(parts)), images=tuple(images), notes=tuple(notes))


def _read_image(node: SyntaxTreeNode, inline: SyntaxTreeNode) -> ImageReference:
    name = clean_line(unquote(str(node.attrs.get("src", "")))).removeprefix("./")
    return ImageReference(name=name, alt=flatten(node.children).text, line=line_of_image(node, inline))


def escape(text: str) -> str:
    """`text` (one line) as Markdown that reads back as the same text at the start of a line."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    if escaped.count("$") > 1:  # which may look like a formula
        escaped = escaped.replace("$", "\\$")
    return _NUMBERED.sub(r"\1\\", _LINE_START.sub(r"\\", escaped))


def escape_heading(text: str) -> str:
    """`text` as the content of a heading, where a trailing `#` would be dropped."""
    return re.sub(r"(?<= )#", r"\\#", escape(text))


def render_note(kind: str, text: str) -> str:
    """A comment that attaches a note to the beat, or the scene, above it."""
    safe = re.sub(r"&(?=#?\w)", "&amp;", text).replace("-->", "--&gt;")
    return f"<!-- {kind}: {safe} -->"


def render_image(name: str, alt: str) -> str:
    """An image. Characters of its name that Markdown would interpret are percent-encoded."""
    path = _UNSAFE_IN_PATH.sub(lambda match: f"%{ord(match[0]):02X}", name)
    return f"![{escape(alt)}]({path})"
