"""Words on a terminal. What an event says may come from hostile code: nothing in it may act on the terminal.

An escape sequence can write the clipboard, change the title or hide and forge lines; a direction override shows words
that were not said.
"""

from __future__ import annotations

import msgspec
from rich.text import Text

from lectern.contracts.plain_text import clean_line


def make_text(text: str, style: str = "") -> Text:
    """One line for rich: without control characters, and without markup of its own."""
    return Text(clean_line(text), style=style)


def encode_json(value: object, *, indent: int = 0) -> bytes:
    """JSON with every character that does not print as its escape: the same value, and safe to look at."""
    data = msgspec.json.encode(value)
    if indent:
        data = msgspec.json.format(data, indent=indent)
    if data.isascii() and b"\x7f" not in data:
        return data
    text = data.decode()
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text).encode()


def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
