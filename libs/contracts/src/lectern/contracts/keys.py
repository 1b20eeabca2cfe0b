"""Object keys. A cached result is found again because its key is the hash of its inputs."""

from __future__ import annotations

import hashlib
import re

import msgspec

__all__ = [
    "asset",
    "cache",
    "describe",
    "digest",
    "document",
    "find_entries",
    "name_entry",
    "narration_bill",
    "output",
    "script",
    "script_markdown",
    "video_folder",
]


_ENTRY = re.compile(rb"cache/[a-z]+/[0-9a-f]{64}")


def digest(*inputs: object) -> str:
    """SHA-256 (hex) over inputs, each encoded canonically, so equal inputs give equal digests in any process."""
    hasher = hashlib.sha256()
    for value in inputs:
        data = value if isinstance(value, bytes) else msgspec.json.encode(value, order="sorted")
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()


def cache(kind: str, sha256: str, suffix: str) -> str:
    """`cache/<kind>/<sha256>.<suffix>`: depends on its inputs alone, and shared by all videos."""
    return f"cache/{kind}/{sha256}.{suffix}"


def describe(key: str) -> str:
    """What kind of object a key names, without ids and hashes: `cache/footage`, `videos`, `assets`."""
    first, _, rest = key.partition("/")
    return f"cache/{rest.partition('/')[0]}" if first == "cache" else first


def name_entry(key: str) -> str:
    """What the key of an entry is without its suffixes: all its files have it in common."""
    return key.partition(".")[0]


def find_entries(event: bytes) -> set[str]:
    """The entries (`name_entry`) that an event, as it is stored, names anywhere: also one of a later version."""
    return {found.decode() for found in _ENTRY.findall(event)}


def narration_bill(sha256: str) -> str:
    """`cache/narration/<sha256>.bill.json`: the cost of the narration made from the same inputs."""
    return cache("narration", sha256, "bill.json")


def video_folder(video_id: str) -> str:
    """`videos/<id>/`: what all keys of a video's own objects begin with."""
    return f"videos/{video_id}/"


def output(video_id: str, revision: int, name: str) -> str:
    """`videos/<id>/r<revision>/<name>`: one of the video's outputs."""
    return f"videos/{video_id}/r{revision}/{name}"


def script(video_id: str, sha256: str) -> str:
    """`videos/<id>/script/<hash>.json`: each edit is a new object, so no edit is lost."""
    return f"videos/{video_id}/script/{sha256[:16]}.json"


def script_markdown(script_key: str) -> str:
    """The key of the Markdown form of a script, beside its JSON."""
    return script_key.removesuffix(".json") + ".md"


def document(video_id: str) -> str:
    """`videos/<id>/document.md`: the user's document."""
    return f"videos/{video_id}/document.md"


def asset(sha256: str, owner: str = "") -> str:
    """`assets/<sha256>`, or `assets/<owner>/<sha256>`: an uploaded image or music track.

    Each owner has its own, so that nobody learns from a hash what another has uploaded.
    """
    return f"assets/{owner}/{sha256}" if owner else f"assets/{sha256}"
