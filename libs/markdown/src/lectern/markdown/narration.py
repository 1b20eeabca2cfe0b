"""The narration of a document, whether or not the document is a valid lesson."""

from __future__ import annotations

from lectern.markdown.inline import flatten, parse_note
from lectern.markdown.syntax import parse_tree


def narration(markdown: str) -> list[str]:
    """The words spoken for each paragraph, in order: its `say` comment if it has one, else its text."""
    spoken: list[str] = []
    for node in parse_tree(markdown).root.children:
        notes: list[tuple[str, str]] = []
        if node.type == "paragraph":
            content = flatten(node.children)
            notes += content.notes
            if content.text:
                spoken.append(content.text)
        elif node.type == "html_block" and (note := parse_note(node.content)):
            notes.append(note)
        if spoken and (speech := dict(notes).get("say")):
            spoken[-1] = speech
    return spoken
