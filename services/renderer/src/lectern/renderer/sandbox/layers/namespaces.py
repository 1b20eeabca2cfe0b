"""Namespaces: a private root with only what the job needs, no network, and no other process.

An extra layer where the host allows it, with privilege or through unprivileged user namespaces.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path

from lectern.confinement import kernel

JOB = "/job"
HOST_NAME = "sandbox"
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def is_privileged() -> bool:
    """Checks whether this process may create namespaces without a user namespace around them."""
    return kernel.has_capabilities(kernel.CAP_SYS_ADMIN)


def unshare(kinds: int) -> None:
    """Enters new namespaces, in a new user namespace (same uid inside) when unprivileged. Raises OSError."""
    if is_privileged():
        kernel.unshare(kinds)
        return
    unshare_with_user(kinds)


def unshare_with_user(kinds: int) -> None:
    """Enters new namespaces owned by a new user namespace, which maps this uid to itself."""
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(kinds | kernel.CLONE_NEWUSER)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or /proc/self belongs to root and its maps cannot be written
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def fork_as_init(own: int) -> int:
    """Forks like os.fork(), into a new PID namespace with the child as process 1. `own` is the caller's namespace."""
    kernel.unshare(kernel.CLONE_NEWPID)
    try:
        pid = os.fork()
    except OSError:
        kernel.setns(own, kernel.CLONE_NEWPID)
        raise
    if pid:
        kernel.setns(own, kernel.CLONE_NEWPID)
    return pid


def enter_private_root(
    stage: Path, readable: Iterable[str], folder: int | None, own_filesystem: str | None = None
) -> None:
    """Moves the calling process into a new root that is mounted on the empty folder `stage`.

    `readable` paths keep their places and are read-only; the job folder, a descriptor, is mounted at /job, or a new
    tmpfs with the options `own_filesystem`. A user namespace is created even within another, so that threads are
    counted for this job alone. Raises OSError.
    """
    job = None if folder is None or own_filesystem is not None else os.readlink(f"/proc/self/fd/{folder}")
    kinds = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
    if os.getuid() == 0:
        kernel.unshare(kinds)
    else:
        unshare_with_user(kinds)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    socket.sethostname(HOST_NAME)
    binds = _open_paths((*_drop_nested(readable), *_DEVICES))
    job_bind = _reopen_folder(job, folder) if job is not None and folder is not None else None
    kernel.mount("tmpfs", str(stage), "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
    for path, fd in binds:
        _bind(fd, f"{stage}{path}")
    os.mkdir(f"{stage}{JOB}", 0o755)
    kernel.make_read_only(str(stage))
    if job_bind is not None:
        _bind(job_bind, f"{stage}{JOB}")
    if own_filesystem is not None:
        flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
        kernel.mount("tmpfs", f"{stage}{JOB}", "tmpfs", flags, own_filesystem)
    os.chdir(stage)
    kernel.pivot_root_here()
    os.chdir(JOB)


def _drop_nested(paths: Iterable[str]) -> list[str]:
    """Returns the existing paths, shortest first, without those below another of them."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if os.path.exists(path) and not any(path.startswith(outer.rstrip("/") + "/") for outer in kept):
            kept.append(path)
    return kept


def _open_paths(paths: Iterable[str]) -> list[tuple[str, int]]:
    return [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in paths if os.path.exists(path)]


def _reopen_folder(path: str, folder: int) -> int:
    """Opens the job folder through this namespace's own mounts; `folder` belongs to the old ones."""
    fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not os.path.samestat(os.fstat(fd), os.fstat(folder)):
        raise OSError(f"the job folder {path} was replaced")
    return fd


def _bind(source: int, target: str) -> None:
    if os.path.isdir(f"/proc/self/fd/{source}"):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.mount(f"/proc/self/fd/{source}", target, None, kernel.MS_BIND | kernel.MS_REC)
    os.close(source)
