"""The room that a store on this machine has left: how much it takes, and when nothing new should begin.

A disk that is full stops everything that is being made. So what would begin is refused while there is still room for
what has begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path

import msgspec

from lectern.worker.settings import Settings

LOOK_SECONDS = 5.0  # for which a look at the disk holds
_SHARE_KEPT = 20  # at most one part in so many of a disk is kept free, as small disks have small films
_MEGABYTE, _GIGABYTE = 10**6, 10**9


class StoreRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A store's disk, in bytes. `used` is what the store takes of it, `kept_free` what is left to what has begun.

    `limit` is what the store may take, 0 for all that the disk has.
    """

    total: int
    free: int
    used: int
    kept_free: int
    limit: int = 0

    def describe_shortage(self) -> str:
        """Why nothing new should begin; "" while it may."""
        if self.limit and self.used >= self.limit:
            return f"the object store holds {_show(self.used)}, and may hold {_show(self.limit)}"
        if self.free < self.kept_free:
            kept = f"{_show(self.kept_free)} are kept for videos that have begun"
            return f"the disk of the object store has {_show(self.free)} left of {_show(self.total)}; {kept}"
        return ""


class RoomWatch:
    """Looks at the disk of a store on this machine. Of a store elsewhere nothing is known, and nothing refused."""

    def __init__(self, settings: Settings, hold: float = LOOK_SECONDS) -> None:
        """`hold` is for how many seconds a look is good enough."""
        self._settings = settings
        self._hold = hold
        self._seen: StoreRoom | None = None
        self._at = float("-inf")
        self._looking = asyncio.Lock()

    async def look(self) -> StoreRoom | None:
        """The room as it was at most `hold` seconds ago; None where the store is elsewhere or cannot be looked at."""
        async with self._looking:
            if time.monotonic() - self._at >= self._hold:
                self._seen = await asyncio.to_thread(measure_room, self._settings)
                self._at = time.monotonic()
            return self._seen


def measure_room(settings: Settings) -> StoreRoom | None:
    """Measures the disk below the store's folder, and what is in the folder. None where that is not possible."""
    folder = settings.s3_folder
    if folder is None:
        return None
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    total = found.f_blocks * found.f_frsize
    return StoreRoom(
        total=total,
        free=found.f_bavail * found.f_frsize,
        used=_measure_folder(folder),
        kept_free=min(settings.disk_reserve_mb * _MEGABYTE, total // _SHARE_KEPT),
        limit=round(settings.store_limit_gb * _GIGABYTE),
    )


def _measure_folder(root: Path) -> int:
    """Bytes on the disk of all files below a folder: a store has few of them, and large ones."""
    size = 0
    for folder, _, files in os.walk(root):
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
    return size


def _show(size: int) -> str:
    return f"{size / _GIGABYTE:.1f} GB" if size >= _GIGABYTE else f"{size / _MEGABYTE:.0f} MB"
