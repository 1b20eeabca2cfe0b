"""Jobs' temporary folders. Each is locked by the process that works in it.

The kernel releases the lock however that process ends: what nobody holds is removed at the next start.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def make_scratch_folder(stage: str, parent: Path | None = None) -> Iterator[Path]:
    """A private folder below `parent` (None: the system's for temporary files), removed on leaving.

    Raises OSError when the disk is full.
    """
    unnamed = Path(tempfile.mkdtemp(prefix=".lectern-new-", dir=parent))
    lock = os.open(unnamed, os.O_RDONLY | os.O_DIRECTORY)
    folder = unnamed.with_name(f"lectern-{stage}-{unnamed.name.rpartition('-')[2]}")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        unnamed.rename(folder)  # only now, locked, has it a name that `remove_abandoned_scratch` looks for
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_abandoned_scratch(stage: str, parent: Path | None = None) -> int:
    """Removes the folders of a stage's jobs whose processes have ended without doing so; returns how many."""
    removed = 0
    for folder in Path(parent or tempfile.gettempdir()).glob(f"lectern-{stage}-*"):
        with contextlib.suppress(OSError):  # another process has it, or was faster, or it is another user's
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
                removed += 1
            finally:
                os.close(lock)
    return removed
