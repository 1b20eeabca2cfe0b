"""Runs a command as an ordinary user without any capability: `python as_user.py UID COMMAND...`, started by root.

It runs in a mount namespace of its own, in which the interpreter and the repository are reachable even below a folder
that is closed to others, such as /root.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lectern.confinement import kernel


def main() -> None:
    uid, command = int(sys.argv[1]), sys.argv[2:]
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    for path in (Path(sys.base_prefix), Path(sys.prefix), Path(__file__).resolve().parents[2]):
        uncover(path)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    os.chdir(Path(__file__).resolve().parents[2])
    os.environ.update(HOME="/nonexistent", PYTHONDONTWRITEBYTECODE="1")
    os.execv(command[0], command)


def uncover(path: Path) -> None:
    """Mounts an open folder with nothing in it but `path` over the topmost closed folder above `path`."""
    for closed in reversed(path.parents):
        if not closed.stat().st_mode & 0o001:
            handle = os.open(path, os.O_PATH)
            kernel.mount("tmpfs", str(closed), "tmpfs", 0, "size=1m,mode=755")
            path.mkdir(parents=True)
            kernel.mount(f"/proc/self/fd/{handle}", str(path), None, kernel.MS_BIND | kernel.MS_REC)
            os.close(handle)
            return


if __name__ == "__main__":
    main()
