"""Resource limits, applied by the child to itself. Soft equals hard, so nothing can be raised again."""

from __future__ import annotations

import contextlib
import math
import os
import resource

from lectern.renderer.sandbox.job import Limits


def apply(limits: Limits, others: int) -> None:
    """Sets every limit of the job on the calling process.

    The kernel counts the threads of a user, not of a process, on the whole machine: `others` are those of its user that
    the job has nothing to do with. The watcher counts the job's own.
    """
    cpu = math.ceil(limits.cpu_seconds)
    values = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.output_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes + others,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for which, value in values.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))
    # SIGXCPU at the soft limit can be ignored; SIGKILL at the hard one cannot.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def threads_of(uid: int) -> int:
    """How many threads a user has running, as far as this process may see."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{entry}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry}/task"))
    return count
