"""The job folder: made for one job, never trusted after it, wiped on every way out."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from lectern.renderer.sandbox.job import RenderJob, Result

RESULT_BYTES = 1024 * 1024
MOST_ENTRIES = 1000  # beats, findings; an honest scene has under 50
LONGEST_TEXT = 4000  # characters of any text kept of a result: it travels in events, which have a size limit too


class NotAccepted(Exception):
    """An output of a job is missing, or not what it has to be; the message says which and why."""


def make(root: Path, job: RenderJob, owner: int | None = None) -> Path:
    """A fresh folder below `root` with `job.json`, `scene.py` and `assets/`, owned by uid `owner` when given.

    Raises ValueError for an asset name that leaves the folder, OSError when the disk is full.
    """
    folder = Path(tempfile.mkdtemp(prefix="job-", dir=root))
    try:
        (folder / "job.json").write_bytes(msgspec.json.encode(job.settings))
        (folder / "scene.py").write_text(job.code, encoding="utf-8")
        (folder / "assets").mkdir()
        for name, source in job.assets.items():
            parts = PurePosixPath(name).parts
            if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
                raise ValueError(f"asset name {name!r} leaves the job folder; give a plain relative name")
            target = folder / "assets" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        if owner is not None:
            for here, folders, files in os.walk(folder):
                for entry in (here, *(os.path.join(here, n) for n in (*folders, *files))):
                    os.chown(entry, owner, owner)
    except BaseException:
        wipe(folder)
        raise
    return folder


def take(folder_fd: int, name: str, max_bytes: int) -> int:
    """A read-only descriptor of `name` directly in the folder: a regular file with one link, not empty, not too large.

    Never follows a link and never blocks on a FIFO or a device. Raises NotAccepted.
    """
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, dir_fd=folder_fd)
    except OSError as error:
        raise NotAccepted(f"{name}: {os.strerror(error.errno or 0)}") from None
    facts = os.fstat(fd)
    why = None
    if not stat.S_ISREG(facts.st_mode):
        why = "not a regular file"
    elif facts.st_nlink != 1:
        why = f"has {facts.st_nlink} links"
    elif facts.st_dev != os.fstat(folder_fd).st_dev:
        why = "lies on another filesystem"
    elif facts.st_size == 0:
        why = "is empty"
    elif facts.st_size > max_bytes:
        why = f"has {facts.st_size} bytes, {max_bytes} are allowed"
    if why:
        os.close(fd)
        raise NotAccepted(f"{name}: {why}")
    return fd


def read_result(folder_fd: int) -> Result:
    """The job's `result.json`, checked in shape and size. Raises NotAccepted."""
    fd = take(folder_fd, "result.json", RESULT_BYTES)
    with open(fd, "rb") as file:
        data = file.read(RESULT_BYTES + 1)
    try:
        result = msgspec.json.decode(data, type=Result)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotAccepted(f"result.json: {error}") from None
    if len(result.findings) > MOST_ENTRIES or len(result.beats) > MOST_ENTRIES:
        raise NotAccepted(f"result.json: more than {MOST_ENTRIES} entries")
    return msgspec.convert(_shortened(msgspec.to_builtins(result)), Result)


def _shortened(value: Any) -> Any:
    match value:
        case str():
            return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
        case list():
            return [_shortened(each) for each in value]
        case dict():
            return {name: _shortened(each) for name, each in value.items()}
    return value


def move_out(source: int, target: Path) -> None:
    """Copies the open file `source` into the new file `target`. Raises OSError (disk full), leaving nothing."""
    try:
        with open(os.dup(source), "rb") as reader, open(target, "xb") as writer:
            reader.seek(0)
            shutil.copyfileobj(reader, writer, 1024 * 1024)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def wipe(folder: Path) -> None:
    """Removes the folder and all in it, however deep and whatever its modes. Call it when no job runs in it any more.

    Nested folders are pulled up to the top one by one, so neither recursion nor open files grow with depth.
    """
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    fresh = (f".wiped-{n}" for n in itertools.count())
    try:
        while names := os.listdir(top):
            for name in names:
                if not _remove(name, top):
                    _empty_into(top, name, fresh)
    finally:
        os.close(top)
    os.rmdir(folder)


def _remove(name: str, parent: int) -> bool:
    try:
        os.unlink(name, dir_fd=parent)
    except OSError:
        try:
            os.rmdir(name, dir_fd=parent)
        except FileNotFoundError:
            return True
        except OSError:
            return False
    return True


def _empty_into(top: int, name: str, fresh: Iterator[str]) -> None:
    inner = _open_folder(name, top)
    try:
        for child in os.listdir(inner):
            if not _remove(child, inner):
                os.close(_open_folder(child, inner))
                os.rename(child, next(fresh), src_dir_fd=inner, dst_dir_fd=top)
    finally:
        os.close(inner)


def _open_folder(name: str, parent: int) -> int:
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        with contextlib.suppress(OSError):
            os.chmod(f"/proc/self/fd/{handle}", 0o700)  # a job may have made it with mode 0
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    finally:
        os.close(handle)
