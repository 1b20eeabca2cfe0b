"""The number of CPU cores this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")


def count_cores(cgroup: Path = CGROUP_ROOT) -> int:
    """Counts the whole cores this process may use, at least 1: the smaller of its affinity and its cgroup's quota."""
    cores = float(len(os.sched_getaffinity(0)))
    quota = _read_quota_v2(cgroup) or _read_quota_v1(cgroup)
    return max(1, math.floor(min(cores, quota) if quota else cores))


def _read_quota_v2(cgroup: Path) -> float | None:
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else int(quota) / int(period)


def _read_quota_v1(cgroup: Path) -> float | None:
    try:
        quota = int((cgroup / "cpu" / "cpu.cfs_quota_us").read_text())
        period = int((cgroup / "cpu" / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return quota / period if quota > 0 and period > 0 else None
