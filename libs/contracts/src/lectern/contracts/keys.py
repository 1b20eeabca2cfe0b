"""Names of objects in the store. Work is found again because a key is the hash of what the work was made from."""

from __future__ import annotations

import hashlib

import msgspec


def digest(*inputs: object) -> str:
    """SHA-256 (hex) over inputs, each encoded canonically, so equal inputs give equal digests in any process."""
    hasher = hashlib.sha256()
    for value in inputs:
        data = value if isinstance(value, bytes) else msgspec.json.encode(value, order="sorted")
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()


def cache(kind: str, sha256: str, suffix: str) -> str:
    """`cache/<kind>/<sha256>.<suffix>`: made from its inputs alone, shared by all videos, expires by lifecycle."""
    return f"cache/{kind}/{sha256}.{suffix}"


def output(video_id: str, revision: int, name: str) -> str:
    """`videos/<id>/r<revision>/<name>`: what the user gets; deleted with the video."""
    return f"videos/{video_id}/r{revision}/{name}"


def script(video_id: str, sha256: str) -> str:
    """`videos/<id>/script/<hash>.json`: every edit is a new object, so nothing written is lost."""
    return f"videos/{video_id}/script/{sha256[:16]}.json"


def script_markdown(script_key: str) -> str:
    """The key of the Markdown form of a script, beside its JSON."""
    return script_key.removesuffix(".json") + ".md"


def script_bill(video_id: str, revision: int) -> str:
    """`videos/<id>/script/spent-<revision>.json`: what earlier deliveries of a script's request have cost."""
    return f"videos/{video_id}/script/spent-{revision}.json"


def document(video_id: str) -> str:
    """`videos/<id>/document.md`: what the user sent in."""
    return f"videos/{video_id}/document.md"


def asset(sha256: str) -> str:
    """`assets/<sha256>`: a picture that came with a document."""
    return f"assets/{sha256}"
