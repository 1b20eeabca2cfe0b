"""Films that were made before: a record of each in the home, so that asking for one again starts nothing.

A record says what was asked for, with what it was made, and what the files were. It holds while the files are what
they were; the home's runner drops it as soon as anything happens to the video.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli.runner.home import find_end_of_listing, write_private

MOST = 200  # records that are kept, the newest
MODEL_SECONDS = 24 * 3600.0  # of a film for which a model was asked: its answers are asked for anew after that
PASSING_NOTES = frozenset({"letters-missing", "voice-replaced"})  # they may not come again
_FOLDER = "made"


class MadeFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a film, as it was downloaded."""

    path: str
    size: int
    sha256: str


class MadeFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A record. Times in seconds of the epoch, `video` as the API described it, `files` by kind.

    `believed_until` is for how long its runner lists the video; None is for good.
    """

    made_at: float
    believed_until: float | None
    video: dict[str, Any]
    files: dict[str, MadeFile]


class MadeFilms:
    """The records of a home. A record's name has what was asked for, and the video's id."""

    def __init__(self, home: Path) -> None:
        self._folder = home.expanduser().resolve() / _FOLDER

    def is_empty(self) -> bool:
        """True if nothing is noted."""
        return not any(self._folder.glob("*.json"))

    def find(self, request: str, now: float | None = None) -> MadeFilm | None:
        """The newest film of a request (a `digest_request`) whose files are all as they were; None if there is none."""
        now = time.time() if now is None else now
        found = [film for path in self._list(f"{request}.*.json") if (film := _read(path))]
        for film in sorted(found, key=lambda each: -each.made_at):
            if _is_believed(film, now) and all(map(_is_unchanged, film.files.values())):
                return film
        return None

    def note(self, request: str, video: dict[str, Any], files: Mapping[str, Path], listed_days: int) -> None:
        """Notes a film that was made, unless another try might make a better one. Without space, nothing is noted.

        The runner that made it lists its video for `listed_days`, or for good if that is 0.
        """
        if "video" not in files or not _is_settled(video):
            return
        with contextlib.suppress(OSError):
            described = {kind: _describe(path) for kind, path in files.items()}
            made_at = time.time()
            until = find_end_of_listing(made_at, listed_days)
            film = MadeFilm(made_at=made_at, believed_until=until, video=video, files=described)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self._folder / f"{request}.{video['id']}.json", msgspec.json.encode(film))
            for path in self._list("*.json")[:-MOST]:
                path.unlink(missing_ok=True)

    def forget(self, video_id: str) -> None:
        """Drops what is noted of a video."""
        for path in self._list(f"*.{video_id}.json"):
            path.unlink(missing_ok=True)

    def _list(self, pattern: str) -> list[Path]:
        """Records, the oldest first."""
        dated = []
        for path in self._folder.glob(pattern):
            with contextlib.suppress(OSError):
                dated.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(dated)]


def digest_request(surroundings: str, asked: bytes) -> str:
    """A digest of what a user asked for, with `hash_file` for what is in files, and of what it is made with."""
    return hashlib.sha256(surroundings.encode() + b"\0" + asked).hexdigest()


def place_files(film: MadeFilm, folder: Path) -> dict[str, Path]:
    """A film's files in a folder: where they are, or as copies. Raises OSError when they cannot be written."""
    placed = {}
    for kind, file in film.files.items():
        source = Path(file.path)
        target = folder / source.name
        if not (target.exists() and target.samefile(source)):
            temporary = target.with_name(f".{target.name}.new")
            try:
                shutil.copyfile(source, temporary)
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)
        placed[kind] = target
    return placed


def _is_settled(video: Mapping[str, Any]) -> bool:
    """True if making the same again would give the same: nothing was replaced for want of something."""
    degraded = any(scene.get("degraded") for scene in video.get("scenes", ()))
    return not degraded and not any(note.get("code") in PASSING_NOTES for note in video.get("notes", ()))


def _is_believed(film: MadeFilm, now: float) -> bool:
    items = film.video.get("usage", {}).get("items", ())
    if any(item.get("kind") == "model" for item in items) and now >= film.made_at + MODEL_SECONDS:
        return False
    return film.believed_until is None or now < film.believed_until


def _read(path: Path) -> MadeFilm | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=MadeFilm)
    except (OSError, msgspec.MsgspecError):
        return None


def _describe(path: Path) -> MadeFile:
    return MadeFile(path=str(path.resolve()), size=path.stat().st_size, sha256=hash_file(path))


def _is_unchanged(file: MadeFile) -> bool:
    try:
        return os.stat(file.path).st_size == file.size and hash_file(Path(file.path)) == file.sha256
    except OSError:
        return False


def hash_file(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
