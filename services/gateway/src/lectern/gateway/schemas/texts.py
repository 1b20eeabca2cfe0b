"""Texts that a request may hold: normalised, and refused where they hold what cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import unquote

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from lectern.contracts.plain_text import normalize_text

MAX_NAME_BYTES = 255  # what Linux allows in the name of one file


def normalize_line(text: str) -> str:
    """One line of text in NFC. Raises PydanticCustomError naming what has no place in it."""
    return _normalize(text, lines=False)


def normalize_lines(text: str) -> str:
    """The same, with line breaks and tabs."""
    return _normalize(text, lines=True)


Line = Annotated[str, AfterValidator(normalize_line)]
Lines = Annotated[str, AfterValidator(normalize_lines)]


def normalize_asset_names(assets: Mapping[str, str]) -> dict[str, str]:
    """The assets by relative path in NFC. Raises PydanticCustomError for a name that no file in a folder may have.

    Two names of one image are one; a name that is another's folder, or that two images share, is refused.
    """
    paths: dict[str, str] = {}
    for name, asset in assets.items():
        path = normalize_asset_name(name)
        if paths.setdefault(path, asset) != asset:
            raise _refuse_name(name, "names two images; rename one")
    for path in paths:
        for folder in PurePosixPath(path).parents:
            if str(folder) in paths:
                raise _refuse_name(path, f"is in a folder, but {str(folder)!r} is an image; rename one")
    return paths


def normalize_asset_name(name: str) -> str:
    """An image's name as a relative path in NFC. Raises PydanticCustomError for one that leaves its folder."""
    path = re.sub(r"^(\./)+", "", name)
    for spelling in (path, unquote(path)):  # a lesson may write it either way, and files have the decoded name
        try:
            normalize_text(spelling)
        except ValueError as error:
            raise _refuse_name(name, str(error)) from None
        parts = spelling.split("/")
        if "\\" in spelling or any(part in ("", ".", "..") for part in parts):
            raise _refuse_name(name, "is not a valid image name; use a relative path like images/leaf.png without '..'")
    path = normalize_text(path)
    if len(path.encode()) > MAX_NAME_BYTES:
        raise _refuse_name(name, f"has more than {MAX_NAME_BYTES} bytes in UTF-8; shorten it")
    return path


def _normalize(text: str, *, lines: bool) -> str:
    try:
        return normalize_text(text, lines=lines)
    except ValueError as error:
        raise PydanticCustomError("text", "{fault}", {"fault": str(error)}) from None


def _refuse_name(name: str, fault: str) -> PydanticCustomError:
    shown = name if len(name) <= 60 else name[:60] + "…"
    return PydanticCustomError("asset-name", "{name} {fault}", {"name": repr(shown), "fault": fault})
