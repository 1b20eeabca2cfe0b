"""The job folder: created for one job, never trusted afterwards, and always wiped at the end."""

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

from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.plain_text import clean_line, clean_text, shorten
from lectern.renderer.sandbox.job import RenderJob, SceneResult

MAX_RESULT_BYTES = 512 * 1024  # a verdict repeats most of it, in a message of at most 1 MiB
MAX_NUMBER = 10**9  # of a line, a beat, a frame; some readers of an event know no integers of more than 53 bits
MAX_ENTRIES = 1000  # beats or findings; an honest scene has under 50
MAX_TEXT_LENGTH = 4000  # characters of each text in a result: it travels in events, which have a size limit too


class OutputRefused(Exception):
    """An output of a job is missing or invalid; the message names it and gives the reason."""


def make_job_folder(root: Path, job: RenderJob, owner: int | None = None) -> Path:
    """Creates a folder below `root` with `job.json`, the job's code and `assets/`, owned by uid `owner` if given.

    Raises ValueError for an asset name that leaves the folder, OSError when the disk is full.
    """
    folder = Path(tempfile.mkdtemp(prefix="job-", dir=root))
    try:
        (folder / "job.json").write_bytes(msgspec.json.encode(job.settings))
        (folder / "scene.py").write_text(job.code, encoding="utf-8")
        if job.cast:
            (folder / "cast.py").write_text(job.cast, encoding="utf-8")
        (folder / "before").mkdir()
        for number, code in enumerate(job.before, 1):
            (folder / f"before/{number}.py").write_text(code, encoding="utf-8")
        (folder / "assets").mkdir()
        for name, source in job.assets.items():
            parts = PurePosixPath(name).parts
            if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
                raise ValueError(f"asset name {name!r} leaves the job folder; use a plain relative name")
            target = folder / "assets" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        if owner is not None:
            for here, folders, files in os.walk(folder):
                for entry in (here, *(os.path.join(here, n) for n in (*folders, *files))):
                    os.chown(entry, owner, owner)
    except BaseException:
        wipe_folder(folder)
        raise
    return folder


def open_output(folder_fd: int, name: str, max_bytes: int) -> int:
    """Opens `name` in the folder for reading and returns its descriptor.

    Never follows a link and never blocks on a FIFO or a device. Raises OutputRefused unless it is a regular file with
    one link, neither empty nor too large.
    """
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, dir_fd=folder_fd)
    except OSError as error:
        raise OutputRefused(f"{name}: {os.strerror(error.errno or 0)}") from None
    status = os.fstat(fd)
    fault = None
    if not stat.S_ISREG(status.st_mode):
        fault = "not a regular file"
    elif status.st_nlink != 1:
        fault = f"has {status.st_nlink} links"
    elif status.st_dev != os.fstat(folder_fd).st_dev:
        fault = "is on another filesystem"
    elif status.st_size == 0:
        fault = "is empty"
    elif status.st_size > max_bytes:
        fault = f"has {status.st_size} bytes; at most {max_bytes} are allowed"
    if fault:
        os.close(fd)
        raise OutputRefused(f"{name}: {fault}")
    return fd


def read_result(folder_fd: int) -> SceneResult:
    """Reads the job's `result.json` and checks its shape and size. Raises OutputRefused.

    Its texts are a scene's words, and this is where they enter: cleaned of what acts on a terminal, and shortened.
    """
    fd = open_output(folder_fd, "result.json", MAX_RESULT_BYTES)
    with open(fd, "rb") as file:
        data = file.read(MAX_RESULT_BYTES + 1)
    try:
        result = msgspec.json.decode(data, type=SceneResult)
    except UNREADABLE as error:
        raise OutputRefused(f"result.json: {shorten(clean_line(str(error)), 300)}") from None
    if len(result.findings) > MAX_ENTRIES or len(result.beats) > MAX_ENTRIES:
        raise OutputRefused(f"result.json: more than {MAX_ENTRIES} entries")
    return msgspec.convert(_clean_texts(msgspec.to_builtins(result)), SceneResult)


def _clean_texts(value: Any) -> Any:
    match value:
        case str():
            return shorten(clean_text(value), MAX_TEXT_LENGTH)
        case int() if abs(value) > MAX_NUMBER:
            raise OutputRefused("result.json: a number is out of range")
        case list():
            return [_clean_texts(item) for item in value]
        case dict():
            return {clean_line(name): _clean_texts(item) for name, item in value.items()}
    return value


def copy_out(source: int, target: Path) -> None:
    """Copies the open file `source` to a new file. Raises OSError (disk full) and leaves nothing behind."""
    try:
        with open(os.dup(source), "rb") as reader, open(target, "xb") as writer:
            reader.seek(0)
            shutil.copyfileobj(reader, writer, 1024 * 1024)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def wipe_folder(folder: Path) -> None:
    """Removes the folder and its content, whatever its depth and modes. Call it once no job runs in it.

    Nested folders are moved up to the top one by one, so neither recursion nor open files grow with depth.
    """
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    unused_names = (f".wiped-{n}" for n in itertools.count())
    try:
        while names := os.listdir(top):
            for name in names:
                if not _remove(name, top):
                    _empty_into(top, name, unused_names)
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


def _empty_into(top: int, name: str, unused_names: Iterator[str]) -> None:
    inner = _open_folder(name, top)
    try:
        for child in os.listdir(inner):
            if not _remove(child, inner):
                os.close(_open_folder(child, inner))
                os.rename(child, next(unused_names), src_dir_fd=inner, dst_dir_fd=top)
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
