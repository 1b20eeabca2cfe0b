"""The briefs to try, as people write them down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.exits import USAGE, Stop, stop


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One brief: a topic, or a document beside the file; the rest is the API's, and is checked there."""

    topic: str = ""
    document: str = ""
    audience: str = ""
    target_seconds: int = 0
    scenes: int = 0
    tone: str = ""
    style: str = ""
    search: bool = False
    options: dict[str, Any] = {}


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """A brief to try. `key` tells it from others by content; `request` is the API's body."""

    key: str
    title: str
    request: dict[str, Any]


def read_briefs(
    path: Path, *, repeat: int = 1, max_cost_usd: float | None = None, setting: Mapping[str, Any] | None = None
) -> list[Brief]:
    """The briefs of a JSON file: a list of topics, or of objects. Each `repeat` times.

    `setting` is how they are tried, which is part of their keys: results of another setting are not theirs.
    Raises Stop naming the entry and the field that is wrong.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise stop(
            USAGE, "no-briefs", "The briefs cannot be read", f"{path}: {error.strerror}.", "Name a JSON file of topics."
        ) from error
    except msgspec.DecodeError as error:
        raise _wrong(f"{path} is not JSON: {error}.") from error
    if not isinstance(entries, list) or not entries:
        raise _wrong(f"{path} holds no list of briefs.")
    numbered = enumerate(entries, 1)
    briefs = [
        _brief(_entry(value, number), number, path.parent, max_cost_usd, setting or {}) for number, value in numbered
    ]
    rounds = range(1, repeat + 1)
    return [msgspec.structs.replace(brief, key=f"{brief.key}-{turn}") for brief in briefs for turn in rounds]


def _entry(value: object, number: int) -> Entry:
    if isinstance(value, str):
        value = {"topic": value}
    try:
        entry = msgspec.convert(value, Entry)
    except msgspec.ValidationError as error:
        raise _wrong(f"Entry {number}: {error}.") from error
    if bool(entry.topic.strip()) == bool(entry.document):
        raise _wrong(f"Entry {number} needs a topic or a document, and not both.")
    if entry.options.get("review"):
        raise _wrong(f"Entry {number}: options.review waits for a person; leave it out.")
    return entry


def _brief(entry: Entry, number: int, folder: Path, max_cost_usd: float | None, setting: Mapping[str, Any]) -> Brief:
    request: dict[str, Any] = msgspec.to_builtins(entry)
    options = request.setdefault("options", {})
    options.setdefault("quality", "draft")
    if max_cost_usd is not None:
        options.setdefault("max_cost_usd", max_cost_usd)
    title = entry.topic
    if entry.document:
        file = folder / entry.document
        try:
            request["document"] = {"markdown": file.read_text(encoding="utf-8")}
        except (OSError, UnicodeDecodeError) as error:
            raise _wrong(f"Entry {number}: {file} cannot be read ({type(error).__name__}).") from error
        title = file.name
    key = hashlib.sha256(msgspec.json.encode([request, setting], order="deterministic")).hexdigest()[:16]
    return Brief(key=key, title=" ".join(title.split()), request=request)


def _wrong(detail: str) -> Stop:
    return stop(
        USAGE,
        "wrong-briefs",
        "The briefs cannot be used",
        detail,
        'Write a list such as ["Why is the sky blue?", {"topic": "What is a derivative?", "target_seconds": 90}].',
    )
