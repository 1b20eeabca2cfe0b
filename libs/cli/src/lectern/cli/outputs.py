"""The finished files of a video, brought to a folder under names a person would give them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from lectern.cli.api import Api, Json
from lectern.cli.exits import USAGE, stop

SUFFIXES = {
    "video": ".mp4",
    "captions_vtt": ".vtt",
    "captions_srt": ".srt",
    "captions_ass": ".ass",
    "chapters_vtt": ".chapters.vtt",
    "thumbnail": ".jpg",
    "transcript": ".txt",
}
LONGEST_NAME = 80


def slug(title: str) -> str:
    """A title as a file name: lower case, words joined by hyphens; letters of any script stay letters."""
    plain = unicodedata.normalize("NFKC", title).lower()
    words = re.sub(r"[^\w]+", "-", plain.replace("'", "").replace("’", ""), flags=re.UNICODE).strip("-_")
    return words[:LONGEST_NAME].rstrip("-") or "video"


def prepare(folder: Path) -> None:
    """Makes the folder before any work is done for it. Raises Stop when it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise stop(
            USAGE,
            "cannot-write",
            "The folder cannot be made",
            f"{folder}: {error.strerror}.",
            "Choose another one with --out.",
        ) from error


async def fetch(api: Api, video: Json, folder: Path) -> dict[str, Path]:
    """Downloads every finished file of a video; returns where each kind is."""
    name = slug(str(video["title"]))
    fetched: dict[str, Path] = {}
    for output in video["outputs"]:
        suffix = SUFFIXES.get(output["kind"])
        if suffix is None:
            continue
        target = folder / f"{name}{suffix}"
        await api.download(output["url"], target)
        fetched[output["kind"]] = target
    return fetched
