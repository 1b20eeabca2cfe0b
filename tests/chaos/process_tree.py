"""The processes of this machine: who started whom, and what is left below this one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


@dataclass(frozen=True)
class ProcessTree:
    """The parent of each process that lives, by id."""

    parents: dict[int, int]

    @classmethod
    def read(cls) -> ProcessTree:
        """Looks at /proc."""
        return cls(dict(_read_parents()))

    def list_below(self, ancestor: int) -> list[int]:
        """The descendants of a process, oldest first as far as ids tell."""
        return sorted(pid for pid in self.parents if pid != ancestor and ancestor in self._lineage(pid))

    def kill(self, pid: int) -> bool:
        """Kills a process; False if it had ended."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _lineage(self, pid: int) -> Iterator[int]:
        while pid in self.parents:
            yield pid
            pid = self.parents[pid]


def _read_parents() -> Iterator[tuple[int, int]]:
    return ((pid, parent) for pid, parent, is_dead in _read_processes() if not is_dead)


def _read_processes() -> Iterator[tuple[int, int, bool]]:
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            state, parent = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[:2]
            yield int(entry), int(parent), state == "Z"


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Makes this process the parent of whatever its descendants leave behind, so that nothing hides from it.

    At the end no child of this process may be waited for by anybody else: those that have ended are buried.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        for pid, parent, is_dead in _read_processes():
            if is_dead and parent == os.getpid():
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
