"""A job's own file system: a tmpfs of limited size in its mount namespace. The kernel itself bounds what it writes."""

from __future__ import annotations

import os
import stat

import msgspec

from lectern.renderer.sandbox.disk_usage import SPARE_BYTES, SPARE_ENTRIES
from lectern.renderer.sandbox.job import JobLimits


class FileOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The user and group that files belong to."""

    uid: int
    gid: int


def build_mount_options(folder: int, limits: JobLimits, owner: FileOwner) -> str:
    """Builds the options of a tmpfs with room for the content of `folder`, what the job may write, and a little more.

    A job that uses the little more has exceeded its limits, and is found out by that.
    """
    size, entries = _measure_inputs(folder)
    size += limits.output_bytes + SPARE_BYTES
    entries += limits.files + SPARE_ENTRIES
    return f"size={size},nr_inodes={entries},mode=700,uid={owner.uid},gid={owner.gid}"


def copy_inputs(source: int, target: int, owner: FileOwner) -> None:
    """Copies all files and folders below one folder into another, both descriptors, for a user. Raises OSError."""
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(entry.name, 0o700, dir_fd=target)
                inner, copy = (_open_folder(entry.name, parent) for parent in (source, target))
                copy_inputs(inner, copy, owner)
                os.fchown(copy, owner.uid, owner.gid)
                os.close(inner)
                os.close(copy)
            else:
                _copy_file(entry.name, source, target, owner)


def _copy_file(name: str, source: int, target: int, owner: FileOwner) -> None:
    reader = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=source)
    writer = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=target)
    while os.sendfile(writer, reader, None, 1 << 20):
        pass
    os.fchown(writer, owner.uid, owner.gid)
    os.close(reader)
    os.close(writer)


def _measure_inputs(folder: int) -> tuple[int, int]:
    """Returns the size of all files below the folder in whole pages, and the number of entries."""
    page = os.sysconf("SC_PAGE_SIZE")
    size = count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            count += 1
            if stat.S_ISDIR(status.st_mode):
                inner = _open_folder(entry.name, folder)
                below = _measure_inputs(inner)
                os.close(inner)
                size, count = size + below[0], count + below[1]
            else:
                size += -(-status.st_size // page) * page
    return size, count


def _open_folder(name: str, parent: int) -> int:
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
