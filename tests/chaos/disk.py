"""Folders on small file systems of their own, where this user may mount them: they can be filled without harm."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Disk:
    """A folder. `is_small` if it is on a file system of its own, which may be filled."""

    folder: Path
    is_small: bool

    @contextmanager
    def filled(self) -> Iterator[int]:
        """Takes all free space while the context lasts; yields how many bytes that was."""
        ballast = self.folder / "ballast"
        try:
            with ballast.open("wb") as file:
                size = fill(file.fileno(), self.folder)
            yield size
        finally:
            ballast.unlink(missing_ok=True)


def fill(descriptor: int, folder: Path) -> int:
    """Lets a file grow until nothing is free on its file system; returns its size."""
    size = 0
    while (free := os.statvfs(folder)).f_bavail:
        try:
            os.posix_fallocate(descriptor, size, max(free.f_bavail // 2, 1) * free.f_frsize)
        except OSError:
            break
        size = os.fstat(descriptor).st_size
    return size


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Makes a folder, on a file system of so many megabytes in memory if this user may mount one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = f"size={megabytes}m,mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "lectern-chaos", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield Disk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
