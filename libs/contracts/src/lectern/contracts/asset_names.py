"""Names of a document's images: relative paths that become files of a scene's folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote

from lectern.contracts.plain_text import normalize_text

__all__ = ["MAX_NAME_BYTES", "find_folder_clash", "normalize_asset_name"]

MAX_NAME_BYTES = 255  # in UTF-8: what Linux allows in the name of one file


def normalize_asset_name(name: str) -> str:
    """The name as a path in NFC, without a leading `./`.

    Raises ValueError, with words that follow the name, for one that no file inside a folder may have.
    """
    path = re.sub(r"^(\./)+", "", name)
    for spelling in (path, unquote(path)):  # a lesson may write it either way, and the file has the decoded name
        normalized = normalize_text(spelling)
        if "\\" in spelling or any(part in ("", ".", "..") for part in spelling.split("/")):
            raise ValueError("is not a valid image name; use a relative path like images/leaf.png without '..'")
        if len(normalized.encode()) > MAX_NAME_BYTES:
            raise ValueError(f"has more than {MAX_NAME_BYTES} bytes in UTF-8; shorten it")
    return normalize_text(path)


def find_folder_clash(names: Iterable[str]) -> tuple[str, str] | None:
    """A name and another that it would need as its folder, such as `a/b` and `a`; None if there are none."""
    known = frozenset(names)
    for name in known:
        for folder in PurePosixPath(name).parents:
            if str(folder) in known:
                return name, str(folder)
    return None
