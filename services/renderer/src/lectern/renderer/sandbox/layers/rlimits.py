"""Resource limits, which the child sets on itself. Soft equals hard, so no limit can be raised again."""

from __future__ import annotations

import contextlib
import math
import os
import resource

from lectern.confinement import kernel
from lectern.renderer.sandbox.job import JobLimits

_QUEUED_SIGNALS = 64  # the kernel keeps each until it is taken, and counts them per user: drawing needs none
_TICK_ERROR = 4
"""How far beyond a job's limit the kernel's own lies: it is for a watcher that has died.

A watcher reads computing to the nanosecond. The kernel charges whole ticks to whoever runs at their end, which
killed scenes on a busy machine that had computed much less than they may.
"""


def set_limits(limits: JobLimits, other_threads: int) -> None:
    """Sets every limit of the job on the calling process.

    The kernel counts threads per user across the whole machine, not per process: `other_threads` are those of the user
    that do not belong to the job. The watcher counts the job's own.
    """
    os.nice(limits.nice)
    cpu = math.ceil(_TICK_ERROR * limits.cpu_seconds)
    values = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.output_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes + other_threads,
        resource.RLIMIT_CORE: kernel.NO_CORE_DUMP,
        resource.RLIMIT_SIGPENDING: _QUEUED_SIGNALS,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for resource_id, value in values.items():
        hard = resource.getrlimit(resource_id)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(resource_id, (value, value))
    # SIGXCPU at the soft limit can be ignored; SIGKILL at the hard one cannot.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def count_user_threads(uid: int) -> int:
    """Counts the running threads of a user, as far as this process can see them."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{entry}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry}/task"))
    return count
