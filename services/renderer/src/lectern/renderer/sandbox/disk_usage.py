"""Measures a job's disk usage and counts its threads, from outside it."""

from __future__ import annotations

import contextlib
import os
import stat


def measure_disk_usage(folder: int | None, proc: str, max_files: int) -> tuple[int, int]:
    """Returns bytes on disk and the number of entries below the folder, plus bytes of unlinked files the job has open.

    `folder` is a descriptor and `proc` the job's folder in /proc. Counting stops just past `max_files` entries.
    """
    size = files = 0
    pending = [] if folder is None else [f"/proc/self/fd/{folder}"]
    while pending and files <= max_files:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    files += 1
                    if files > max_files:
                        break
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        size += status.st_blocks * 512
                        if stat.S_ISDIR(status.st_mode):
                            pending.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            files = max_files + 1  # too deep or unreadable: no honest scene does that
    return size + _measure_unlinked_files(proc), files


def _measure_unlinked_files(proc: str) -> int:
    size = 0
    with contextlib.suppress(OSError):
        for number in os.listdir(f"{proc}/fd"):
            with contextlib.suppress(OSError):
                status = os.stat(f"{proc}/fd/{number}")
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    size += status.st_blocks * 512
    return size


def count_threads(proc: str) -> int:
    """Counts a process's threads, given its folder in /proc; 0 once it has exited."""
    try:
        return len(os.listdir(f"{proc}/task"))
    except OSError:
        return 0
