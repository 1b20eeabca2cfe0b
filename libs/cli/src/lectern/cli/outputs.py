"""The finished files of a video, brought to a folder under names a person would give them."""

from __future__ import annotations

from pathlib import Path

from lectern.cli.api import Api, Json
from lectern.cli.exits import USAGE, stop
from lectern.language.slugs import slug

SUFFIXES = {
    "video": ".mp4",
    "captions_vtt": ".vtt",
    "captions_srt": ".srt",
    "captions_ass": ".ass",
    "chapters_vtt": ".chapters.vtt",
    "thumbnail": ".jpg",
    "transcript": ".txt",
}


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
    name = slug(str(video["title"]), "video")
    fetched: dict[str, Path] = {}
    for output in video["outputs"]:
        suffix = SUFFIXES.get(output["kind"])
        if suffix is None:
            continue
        target = folder / f"{name}{suffix}"
        await api.download(output["url"], target)
        fetched[output["kind"]] = target
    return fetched
