"""Temporary folders that do not outlive a crash for longer than until a process of their kind starts again.

All of a family are below one folder of the user's, `<family>-<uid>`. Each is locked by the process that works in it,
and the kernel releases the lock when that process ends, however it ends. What nobody holds is removed at the next
start.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

FAMILY = "lectern-work"


def _remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def make_work_folder(
    kind: str,
    parent: Path | None = None,
    *,
    family: str = FAMILY,
    mode: int = 0o700,
    wipe: Callable[[Path], None] = _remove_tree,
) -> Iterator[Path]:
    """Makes a folder that is removed on leaving, or after a crash by `remove_abandoned_folders`.

    It is below `parent`, or the system's folder for temporary files. `mode` says who else may enter it, `wipe` removes
    it with all that is in it. Raises OSError when the disk is full.
    """
    base = _make_base(parent, family)
    with _lock(base):  # so that nobody takes it for abandoned before it is locked
        folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=base))
        folder.chmod(mode)
        lock = _try_to_lock(folder)
    try:
        yield folder
    finally:
        with contextlib.suppress(FileNotFoundError):
            wipe(folder)
        if lock is not None:
            os.close(lock)


def remove_abandoned_folders(
    parent: Path | None = None, *, family: str = FAMILY, wipe: Callable[[Path], None] = _remove_tree
) -> int:
    """Removes all work folders of processes that have ended without doing so; returns how many."""
    base = _make_base(parent, family)
    with _lock(base):
        abandoned = {folder: _try_to_lock(folder) for folder in base.iterdir()}
    removed = 0
    for folder, lock in abandoned.items():
        if lock is not None:
            with contextlib.suppress(OSError):  # what worked in it may still be dying; the next start tries again
                wipe(folder)
                removed += 1
            os.close(lock)
    return removed


def _make_base(parent: Path | None, family: str) -> Path:
    base = (parent or Path(tempfile.gettempdir())) / f"{family}-{os.geteuid()}"
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    status = base.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise OSError(f"{base} is not a folder of this user; remove it, or set LECTERN_SCRATCH to another folder")
    base.chmod(0o711)
    return base


@contextlib.contextmanager
def _lock(base: Path) -> Iterator[None]:
    fd = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _try_to_lock(folder: Path) -> int | None:
    """Locks the folder. Returns the descriptor that holds the lock, or None if another process has it."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # it is gone, or not a folder and nothing of ours
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd
