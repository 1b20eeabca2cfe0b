"""The briefs to try, read from a JSON file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.exit_status import USAGE, CommandExit, command_exit


class BriefEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A topic, or a document beside the file. The other fields are the API's, which checks them."""

    topic: str = ""
    document: str = ""
    audience: str = ""
    target_seconds: int = 0
    scenes: int = 0
    tone: str = ""
    style: str = ""
    search: bool = False
    options: dict[str, Any] = {}


class TrialBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A brief to try. `key` is a hash of its content and setting; `request` is the API's body.

    `brief` is a hash of what is asked for alone: the same in evaluations with other options.
    """

    key: str
    brief: str
    title: str
    request: dict[str, Any]


def read_briefs(
    path: Path, *, repeat: int = 1, max_cost_usd: float | None = None, setting: Mapping[str, Any] | None = None
) -> list[TrialBrief]:
    """The briefs in a JSON file, which is a list of topics or objects; each one `repeat` times.

    `setting` describes how they are tried. It is part of their keys, so that results of another setting are not reused.
    Raises CommandExit naming the entry and the field that is wrong.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise command_exit(
            USAGE, "no-briefs", "The briefs cannot be read", f"{path}: {error.strerror}.", "Name a JSON file of topics."
        ) from error
    except msgspec.DecodeError as error:
        raise _invalid(f"{path} is not JSON: {error}.") from error
    if not isinstance(entries, list) or not entries:
        raise _invalid(f"{path} is not a list of briefs.")
    numbered = enumerate(entries, 1)
    briefs = [
        _make_brief(_read_entry(value, number), number, path.parent, max_cost_usd, setting or {})
        for number, value in numbered
    ]
    return [
        msgspec.structs.replace(brief, key=f"{brief.key}-{turn}") for brief in briefs for turn in range(1, repeat + 1)
    ]


def _read_entry(value: object, number: int) -> BriefEntry:
    if isinstance(value, str):
        value = {"topic": value}
    try:
        entry = msgspec.convert(value, BriefEntry)
    except msgspec.ValidationError as error:
        raise _invalid(f"Entry {number}: {error}.") from error
    if bool(entry.topic.strip()) == bool(entry.document):
        raise _invalid(f"Entry {number} needs either a topic or a document.")
    if entry.options.get("review"):
        raise _invalid(f"Entry {number}: options.review waits for a person; remove it.")
    return entry


def _make_brief(
    entry: BriefEntry, number: int, folder: Path, max_cost_usd: float | None, setting: Mapping[str, Any]
) -> TrialBrief:
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
            raise _invalid(f"Entry {number}: {file} cannot be read ({type(error).__name__}).") from error
        title = file.name
    content = {name: value for name, value in request.items() if name != "options"}
    return TrialBrief(
        key=_digest([request, setting]), brief=_digest(content), title=" ".join(title.split()), request=request
    )


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]


def _invalid(detail: str) -> CommandExit:
    return command_exit(
        USAGE,
        "wrong-briefs",
        "The briefs cannot be used",
        detail,
        'Write a list such as ["Why is the sky blue?", {"topic": "What is a derivative?", "target_seconds": 90}].',
    )
