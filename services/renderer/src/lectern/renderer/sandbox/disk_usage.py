"""Measures from outside what a job uses of the disk, and counts its threads."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from lectern.renderer.sandbox.job import JobLimits

MAX_DEPTH = 32  # folders within folders; manim's own media folders are five deep
MAX_LOOK_SECONDS = 0.05  # CPU; 4096 entries take a fifth of it
_ENTRIES_BETWEEN_CLOCKS = 128
# Of a job's own file system, beyond what its limits allow it.
SPARE_BYTES, SPARE_ENTRIES = 1 << 20, 64
# A disk with less than this is full: someone else's writing may fail on it too.
_FULL_BYTES, _FULL_ENTRIES = 16 << 20, 64


class DiskUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes on disk and entries. `fault` says why they cannot be measured; no honest scene gives a reason."""

    size: int = 0
    files: int = 0
    fault: str = ""


class _Unmeasurable(Exception):
    """The folder cannot be measured; the message says why."""


def measure_folder(folder: int, max_files: int) -> DiskUsage:
    """Measures all below the folder, a descriptor. Counting stops just past `max_files` entries."""
    deadline = time.thread_time() + MAX_LOOK_SECONDS
    size = files = 0
    open_folders: list[int] = []
    try:
        open_folders.append(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder))
        inner = [_scan(open_folders[0])]
        while inner and files <= max_files:
            entry = next(inner[-1], None)
            if entry is None:
                inner.pop()
                os.close(open_folders.pop())
                continue
            files += 1
            if files % _ENTRIES_BETWEEN_CLOCKS == 0 and time.thread_time() > deadline:
                raise _Unmeasurable("it takes too long to look at the scene's files")
            name, status = entry
            size += status.st_blocks * 512
            if stat.S_ISDIR(status.st_mode):
                if len(open_folders) == MAX_DEPTH:
                    raise _Unmeasurable(f"the scene made folders more than {MAX_DEPTH} deep")
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                    open_folders.append(os.open(name, flags, dir_fd=open_folders[-1]))
                    inner.append(_scan(open_folders[-1]))
    except _Unmeasurable as error:
        return DiskUsage(size=size, files=files, fault=str(error))
    except OSError as error:
        return DiskUsage(size=size, files=files, fault=f"the scene's files cannot be looked at ({error.strerror})")
    finally:
        for fd in open_folders:
            os.close(fd)
    return DiskUsage(size=size, files=files)


def measure_filesystem(folder: int, limits: JobLimits) -> DiskUsage:
    """Measures what a job has written to the file system that is its own, whether or not it still has a name."""
    status = os.fstatvfs(folder)
    free = status.f_bfree * status.f_frsize
    return DiskUsage(
        size=limits.output_bytes + SPARE_BYTES - free,
        files=limits.files + SPARE_ENTRIES - status.f_ffree,
    )


def is_disk_full(folder: int | Path) -> bool:
    """Checks whether the disk that the folder, a path or a descriptor, is on has hardly any room left."""
    status = os.statvfs(folder)
    few_entries = status.f_files > 0 and status.f_favail < _FULL_ENTRIES  # btrfs and others do not count them
    return few_entries or status.f_bavail * status.f_frsize < _FULL_BYTES


def _scan(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                yield entry.name, entry.stat(follow_symlinks=False)


def measure_deleted_files(proc: str) -> int:
    """Measures the bytes of files that a job has deleted but still has open. `proc` is its folder in /proc.

    Each thread is asked: the first one may have ended, and a thread may have descriptors of its own.
    """
    sizes: dict[tuple[int, int], int] = {}
    for thread in _list(f"{proc}/task"):
        for number in _list(f"{proc}/task/{thread}/fd"):
            with contextlib.suppress(OSError):
                status = os.stat(f"{proc}/task/{thread}/fd/{number}")
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def count_threads(proc: str) -> int:
    """Counts a process's threads, given its folder in /proc; 0 once it has exited."""
    return len(_list(f"{proc}/task"))


def has_lost_its_first_thread(proc: str) -> bool:
    """Checks whether a process's first thread has ended while others are left: then /proc shows little of it.

    That is also so for a moment while a process exits.
    """
    try:
        with open(f"{proc}/stat", "rb") as file:
            state = file.read(512).rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state == b"Z" and count_threads(proc) > 1


def _list(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
