"""The narration of a document and its pauses, whether or not the document is a valid lesson."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.tree import SyntaxTreeNode

from lectern.contracts.script import MAX_PAUSE_SECONDS
from lectern.markdown.inline import PAUSE_NOTE, flatten, parse_note
from lectern.markdown.pauses import read_seconds
from lectern.markdown.syntax import parse_tree


def narration(markdown: str) -> list[str]:
    """The words spoken for each paragraph, in order: its `say` comment if it has one, else its text."""
    spoken: list[str] = []
    for text, notes in _read_paragraphs(markdown):
        if text:
            spoken.append(text)
        if spoken and (speech := dict(notes).get("say")):
            spoken[-1] = speech
    return spoken


def silence(markdown: str) -> float:
    """The seconds of all pauses that the document asks for."""
    told = (text for _, notes in _read_paragraphs(markdown) for kind, text in notes if kind == PAUSE_NOTE)
    return sum(min(read_seconds(text) or 0.0, MAX_PAUSE_SECONDS) for text in told)


def _read_paragraphs(markdown: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The text of each paragraph, "" for a comment on lines of its own, and the notes."""
    for node in parse_tree(markdown).root.children:
        text, notes = _read_node(node)
        if text or notes:
            yield text, notes


def _read_node(node: SyntaxTreeNode) -> tuple[str, list[tuple[str, str]]]:
    if node.type == "paragraph":
        content = flatten(node.children)
        return content.text, list(content.notes)
    note = parse_note(node.content) if node.type == "html_block" else None
    return "", [note] if note else []
