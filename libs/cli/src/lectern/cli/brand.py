"""The brand option: a TOML file with a sender's colours, font and logo."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.exit_status import USAGE, CommandExit, command_exit

LOGO_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
FIELDS = ("colours", "font", "logo")


class BrandFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says. `logo` is the image to upload."""

    colours: dict[str, str] = {}
    font: str = ""
    logo: Path | None = None


def read_brand(path: Path) -> BrandFile:
    """Read a brand's file. Whether its colours are readable in the theme is for the API to say.

    Raises CommandExit for a file that is missing, no TOML, or has fields that mean nothing.
    """
    try:
        found = tomllib.loads(path.expanduser().read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refusal(f"there is no file {path}", "Check the path.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _refusal(f"{path} cannot be read: {error}", "Write it as docs/brand.md shows.") from None
    for name in found:
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise _refusal(f"{path} has a field {name!r}", f"{hint}There are {', '.join(FIELDS)}.")
    colours, font = found.get("colours", {}), found.get("font", "")
    if not isinstance(colours, dict) or not all(isinstance(each, str) for each in colours.values()):
        raise _refusal(f"the colours of {path} are no table of texts", 'Write them as [colours], primary = "#0B5FFF".')
    if not isinstance(font, str):
        raise _refusal(f"the font of {path} is no text", 'Write font = "Noto Serif".')
    return BrandFile(colours=colours, font=font, logo=_find_logo(found.get("logo"), path))


def _find_logo(name: Any, path: Path) -> Path | None:
    """Find the logo beside the brand's file."""
    if name is None:
        return None
    logo = path.expanduser().parent / str(name)
    if not _is_file(logo):
        raise _refusal(f"there is no logo {logo}", "Name an image beside the file.")
    if logo.suffix.lower() not in LOGO_SUFFIXES:
        raise _refusal(f"{logo.name} is not an image", f"Use a file ending in {', '.join(LOGO_SUFFIXES)}.")
    return logo


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any file's
        return False


def _refusal(detail: str, remedy: str) -> CommandExit:
    return command_exit(USAGE, "brand-refused", "The brand cannot be used", f"--brand: {detail}.", remedy)
