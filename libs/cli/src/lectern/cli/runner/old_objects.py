"""Moving the objects of a home that an earlier version made: there each was a file, its path the key."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from pathlib import Path

import structlog

from lectern.worker import ObjectStore, map_concurrently

_TRANSFERS = 4


async def move_old_objects(folder: Path, store: ObjectStore) -> int:
    """Moves each file below a folder into the store; returns how many. What is interrupted goes on next time.

    A file is deleted once it is stored, so that no more than a few are ever on the disk twice. Raises Unavailable when
    the disk is full.
    """
    files = await asyncio.to_thread(_list_files, folder)
    if not files:
        return 0
    logger = structlog.get_logger("lectern.runner")
    logger.info("moving the objects of an earlier version into the store", action="moving-objects", files=len(files))

    async def move(path: Path) -> None:
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        await store.put_file(path.relative_to(folder).as_posix(), path, media_type)
        await asyncio.to_thread(path.unlink)

    await map_concurrently(move, files, limit=_TRANSFERS)
    await asyncio.to_thread(_remove_empty_folders, folder)
    logger.info("moved the objects of an earlier version", action="moved-objects", files=len(files))
    return len(files)


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _remove_empty_folders(folder: Path) -> None:
    inside = (path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())
    for path in (*sorted(inside, reverse=True), folder, folder.parent):  # what is inside of a folder comes before it
        with contextlib.suppress(OSError):
            path.rmdir()
