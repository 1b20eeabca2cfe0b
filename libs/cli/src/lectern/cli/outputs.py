"""The outputs of a video, downloaded to a folder under readable names."""

from __future__ import annotations

from pathlib import Path

from lectern.cli.api import Api, JsonObject
from lectern.cli.exit_status import USAGE, command_exit
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


def prepare_folder(folder: Path) -> None:
    """Creates the folder, before any work is done for it. Raises CommandExit when that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise command_exit(
            USAGE,
            "cannot-write",
            "The folder cannot be created",
            f"{folder}: {error.strerror}.",
            "Choose another one with --out.",
        ) from error


async def download_outputs(api: Api, video: JsonObject, folder: Path) -> dict[str, Path]:
    """Downloads every output of a video; returns the files by kind."""
    name = slug(str(video["title"]), "video")
    files: dict[str, Path] = {}
    for output in video["outputs"]:
        suffix = SUFFIXES.get(output["kind"])
        if suffix is None:
            continue
        file = folder / f"{name}{suffix}"
        await api.download(output["url"], file)
        files[output["kind"]] = file
    return files
