"""The sandbox's temporary folders. What a scene left in one is removed whatever its depth and modes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from lectern import worker
from lectern.renderer.sandbox.job_folder import wipe_folder

_FAMILY = "lectern-render"
_SEARCHED_BY_JOBS = 0o711  # which run as users of their own; they may not read it


def make_work_folder(kind: str, parent: Path | None = None) -> AbstractContextManager[Path]:
    """Makes a folder that is removed on leaving, or after a crash by `remove_abandoned_folders`.

    It is below `parent`, or the system's folder for temporary files. Others may search it, but not read it. Raises
    OSError when the disk is full.
    """
    return worker.make_work_folder(kind, parent, family=_FAMILY, mode=_SEARCHED_BY_JOBS, wipe=wipe_folder)


def remove_abandoned_folders(scratch: Path | None = None) -> int:
    """Removes all work folders of processes that have ended without doing so, and returns how many.

    They are in the scratch folder and in the system's, where preflights and stills are made.
    """
    parents: set[Path | None] = {None, scratch}
    return sum(worker.remove_abandoned_folders(each, family=_FAMILY, wipe=wipe_folder) for each in parents)
