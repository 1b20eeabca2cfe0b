"""Texts that a request may hold: normalised, and refused where they hold what cannot be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from lectern.contracts.asset_names import find_folder_clash, normalize_asset_name
from lectern.contracts.plain_text import normalize_text


def normalize_line(text: str) -> str:
    """One line of text in NFC. Raises PydanticCustomError naming what has no place in it."""
    return _normalize(text, lines=False)


def normalize_lines(text: str) -> str:
    """The same, with line breaks and tabs."""
    return _normalize(text, lines=True)


# What `normalize_text` refuses, as far as a pattern can say it.
_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"


@dataclass(frozen=True)
class _Published:
    """Adds a pattern to the published schema, beside the limits of length that the field has."""

    pattern: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "pattern": self.pattern}


LINE_PATTERN = rf"^[^\u0000-\u001f\u007f-\u009f{_OVERRIDES}]*$"
Line = Annotated[str, AfterValidator(normalize_line), _Published(LINE_PATTERN)]
LINES_PATTERN = rf"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f{_OVERRIDES}]*$"
Lines = Annotated[str, AfterValidator(normalize_lines), _Published(LINES_PATTERN)]
# Any white space between words is one space.
TOPIC_PATTERN = rf"^[^\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f{_OVERRIDES}]*$"


def normalize_asset_names(assets: Mapping[str, str]) -> dict[str, str]:
    """The assets by relative path in NFC. Raises PydanticCustomError for a name that no file in a folder may have.

    Two names of one image are one; a name that is another's folder, or that two images share, is refused.
    """
    paths: dict[str, str] = {}
    for name, asset in assets.items():
        try:
            path = normalize_asset_name(name)
        except ValueError as error:
            raise _refuse_name(name, str(error)) from None
        if paths.setdefault(path, asset) != asset:
            raise _refuse_name(name, "names two images; rename one")
    if clash := find_folder_clash(paths):
        raise _refuse_name(clash[0], f"is in a folder, but {clash[1]!r} is an image; rename one")
    return paths


def _normalize(text: str, *, lines: bool) -> str:
    try:
        return normalize_text(text, lines=lines)
    except ValueError as error:
        raise PydanticCustomError("text", "{fault}", {"fault": str(error)}) from None


def _refuse_name(name: str, fault: str) -> PydanticCustomError:
    shown = name if len(name) <= 60 else name[:60] + "…"
    return PydanticCustomError("asset-name", "{name} {fault}", {"name": repr(shown), "fault": fault})
