"""`python -m lectern.scripter.reading.child CPU_SECONDS MEMORY_BYTES`: a task on stdin, its answer on stdout."""

from __future__ import annotations

import os
import resource
import sys

import msgspec

from lectern.scripter.reading.tasks import ReadingTask, answer_task

TOO_COMPLEX, BROKEN = 3, 4  # exit statuses: the text needs more than it may have; this program has a fault


def set_limits(cpu_seconds: int, memory_bytes: int) -> None:
    """Bounds this process: CPU seconds, address space, nothing written to files, no core dump."""
    for limit, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 1, 1),  # 0 would still start a program that core dumps are piped to
    ):
        most = resource.getrlimit(limit)[1]
        bounded = (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
        resource.setrlimit(limit, bounded)


def main() -> int:
    """The exit status: 0 with an answer. A child that is quite out of memory may end with any other than `BROKEN`."""
    set_limits(*map(int, sys.argv[1:3]))
    try:
        answer = answer_task(msgspec.json.decode(sys.stdin.buffer.read(), type=ReadingTask))
        sys.stdout.buffer.write(msgspec.json.encode(answer))
        sys.stdout.buffer.flush()
    except (MemoryError, RecursionError):
        return TOO_COMPLEX
    except Exception:
        return BROKEN
    return 0


if __name__ == "__main__":
    os._exit(main())  # finalizing needs memory, too
